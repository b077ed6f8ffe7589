"""Searching a space: searchers that ask and are told, strategies that run them, studies that keep everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archgraph.search.claims import Claims, LostClaimError, Work
from archgraph.search.random_searcher import ExhaustiveSearcher, RandomSearcher
from archgraph.search.records import Records
from archgraph.search.run import REGISTRY, search
from archgraph.search.searcher import Searcher
from archgraph.search.study import PHASES, Study
from archgraph.search.task import SearchTask
from archgraph.search.truth import verify, verify_random
from archgraph.search.verification import ColumnCheck, Verification, report

if TYPE_CHECKING:
    from archgraph.search.nsga2 import NSGA2Searcher

__all__ = [
    "PHASES",
    "REGISTRY",
    "Claims",
    "ColumnCheck",
    "ExhaustiveSearcher",
    "LostClaimError",
    "NSGA2Searcher",
    "RandomSearcher",
    "Records",
    "SearchTask",
    "Searcher",
    "Study",
    "Verification",
    "Work",
    "report",
    "search",
    "verify",
    "verify_random",
]


def __getattr__(name: str) -> Any:
    # pymoo is imported only by what evolves.
    if name == "NSGA2Searcher":
        from archgraph.search.nsga2 import NSGA2Searcher

        return NSGA2Searcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Searching a space: searchers that ask and are told, strategies that run them, studies that keep everything."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    from archgraph.search.predictor_searcher import PredictorSearcher

__all__ = [
    "PHASES",
    "REGISTRY",
    "ColumnCheck",
    "ExhaustiveSearcher",
    "NSGA2Searcher",
    "PredictorSearcher",
    "RandomSearcher",
    "Records",
    "SearchTask",
    "Searcher",
    "Study",
    "Verification",
    "report",
    "search",
    "verify",
    "verify_random",
]


_HEAVY = {"NSGA2Searcher": "nsga2", "PredictorSearcher": "predictor_searcher"}
"""pymoo and scikit-learn are imported only by what evolves and what learns."""


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archgraph.search.{_HEAVY[name]}"), name)

"""Searching a space: searchers that ask and are told, strategies that run them, studies that keep everything."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archgraph.search.claims import Claims, LostClaimError, Work
from archgraph.search.direct import SEARCHERS
from archgraph.search.evolution import EvolutionSearcher
from archgraph.search.local_search import LocalSearcher
from archgraph.search.random_searcher import ExhaustiveSearcher, RandomSearcher
from archgraph.search.records import Records
from archgraph.search.remarks import remarks
from archgraph.search.run import REGISTRY, search
from archgraph.search.searcher import Searcher
from archgraph.search.study import PHASES, Study
from archgraph.search.task import SearchTask
from archgraph.search.told import Told
from archgraph.search.truth import verify, verify_random
from archgraph.search.verification import ColumnCheck, Verification, report

if TYPE_CHECKING:
    from archgraph.search.bananas import BananasSearcher
    from archgraph.search.linas import LinasSearcher
    from archgraph.search.nsga2 import NSGA2Searcher
    from archgraph.search.predictor_searcher import PredictorSearcher
    from archgraph.search.unsga3 import UNSGA3Searcher

__all__ = [
    "PHASES",
    "REGISTRY",
    "SEARCHERS",
    "BananasSearcher",
    "Claims",
    "ColumnCheck",
    "EvolutionSearcher",
    "ExhaustiveSearcher",
    "LinasSearcher",
    "LocalSearcher",
    "LostClaimError",
    "NSGA2Searcher",
    "PredictorSearcher",
    "RandomSearcher",
    "Records",
    "SearchTask",
    "Searcher",
    "Study",
    "Told",
    "UNSGA3Searcher",
    "Verification",
    "Work",
    "remarks",
    "report",
    "search",
    "verify",
    "verify_random",
]


# These need pymoo or scikit-learn, which are imported only by who searches with them.
_LAZY = {
    "BananasSearcher": "bananas",
    "LinasSearcher": "linas",
    "NSGA2Searcher": "nsga2",
    "PredictorSearcher": "predictor_searcher",
    "UNSGA3Searcher": "unsga3",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archgraph.search.{_LAZY[name]}"), name)

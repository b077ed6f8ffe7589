"""How good predictions are: orders, errors, choices, intervals."""

from collections.abc import Callable

from numpy.typing import ArrayLike

from archgraph.metrics.error import mape, pearson, rmse, within
from archgraph.metrics.interval import interval_coverage
from archgraph.metrics.rank import kendall_tau, spearman
from archgraph.metrics.top import precision_at_k, regret_at_k
from archgraph.registry import Registry

Metric = Callable[[ArrayLike, ArrayLike], float]
"""A function of ``(R,)`` predicted and ``(R,)`` measured values."""

REGISTRY: Registry[Metric] = Registry(
    "metric",
    "archgraph.metrics",
    {
        "tau": "archgraph.metrics.rank:kendall_tau",
        "spearman": "archgraph.metrics.rank:spearman",
        "pearson": "archgraph.metrics.error:pearson",
        "rmse": "archgraph.metrics.error:rmse",
        "mape": "archgraph.metrics.error:mape",
        "within10": "archgraph.metrics.error:within",
    },
)

__all__ = [
    "REGISTRY",
    "Metric",
    "interval_coverage",
    "kendall_tau",
    "mape",
    "pearson",
    "precision_at_k",
    "regret_at_k",
    "rmse",
    "spearman",
    "within",
]

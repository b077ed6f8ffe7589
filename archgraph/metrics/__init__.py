"""How good predictions are: orders, errors, choices, intervals, and which differences are no luck."""

from collections.abc import Callable

from numpy.typing import ArrayLike

from archgraph.metrics.error import mape, pearson, rmse, within
from archgraph.metrics.interval import interval_coverage
from archgraph.metrics.rank import kendall_tau, spearman
from archgraph.metrics.repeats import within_of_repeats
from archgraph.metrics.significance import holm, paired_tests, sign_flip_test
from archgraph.metrics.standing import LESS_IS_BETTER, Standing, standings
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
    "LESS_IS_BETTER",
    "REGISTRY",
    "Metric",
    "Standing",
    "holm",
    "interval_coverage",
    "kendall_tau",
    "mape",
    "paired_tests",
    "pearson",
    "precision_at_k",
    "regret_at_k",
    "rmse",
    "sign_flip_test",
    "spearman",
    "standings",
    "within",
    "within_of_repeats",
]

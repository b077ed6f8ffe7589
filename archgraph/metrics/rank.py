"""How well scores order architectures."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy import stats

from archgraph.metrics.error import pearson
from archgraph.metrics.pair import is_constant, paired


def kendall_tau(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Rank correlation in [-1, 1]: pairs ordered alike minus pairs ordered apart.

    Ties shrink the denominator (tau-b), so a predictor that calls everything equal earns nothing by it.

    Args:
        predicted: ``(R,)`` scores in any unit; only their order counts.
        measured: ``(R,)`` ground truth, rows in the same order.

    Returns:
        Tau-b; NaN if either array is constant.

    Raises:
        ValueError: The lengths differ, R < 2, or a value is not finite.

    Source:
        Kendall, "The treatment of ties in ranking problems", Biometrika 33(3), 1945.
    """
    one, two = paired(predicted, measured)
    if is_constant(one) or is_constant(two):
        return float("nan")
    return float(stats.kendalltau(one, two).statistic)


def spearman(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Pearson's correlation of the ranks, in [-1, 1]; ties share their mean rank.

    Args:
        predicted: ``(R,)`` scores in any unit; only their order counts.
        measured: ``(R,)`` ground truth, rows in the same order.

    Returns:
        Rho; NaN if either array is constant.

    Raises:
        ValueError: The lengths differ, R < 2, or a value is not finite.

    Source:
        Spearman, "The proof and measurement of association between two things", American Journal of Psychology 15(1),
        1904.
    """
    one, two = paired(predicted, measured)
    return pearson(stats.rankdata(one), stats.rankdata(two))

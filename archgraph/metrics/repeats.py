"""How far measurements can be predicted at all, as repeated ones tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from archgraph import _check
from archgraph.typing import FloatArray

SIZES = np.geomspace(1e-5, 3, 25)
"""Deviations that the logarithm of a measurement may have."""

STEPS = 200


def within_of_repeats(first: ArrayLike, second: ArrayLike, tolerance: float = 0.1) -> float:
    """Share of single measurements of which the truth is within ``tolerance``, from things that were measured twice.

    No predictor can be expected to be nearer to measurements than the truth is. The logarithms of a measurement and of
    the truth differ by an error of mean 0 whose size may be another each time: how often which, is what makes the
    differences of all pairs most likely. (If all errors were of one size, those of a pair would differ by the root of 2
    times as much; with few large ones among many small ones that blames both measurements of a pair for each.)

    Args:
        first: ``(R,)`` measurements of R things, above 0.
        second: ``(R,)`` those of the same things again.
        tolerance: How far the truth may be from a measurement, relative to that.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: The lengths differ, R < 1, a value is not finite or not above 0, or ``tolerance`` is not above 0.

    Source:
        Laird, "Nonparametric maximum likelihood estimation of a mixing distribution", JASA 73(364), 1978.
    """
    if not tolerance > 0:
        raise ValueError(f"tolerance must be above 0, but is {tolerance}")
    one = _above_0("first", first, None)
    other = _above_0("second", second, len(one))
    i, j = np.triu_indices(len(SIZES))
    times = np.where(i == j, 1, 2)
    density = stats.norm.pdf((np.log(one) - np.log(other))[:, None], scale=np.hypot(SIZES[i], SIZES[j]))
    often = np.full(len(SIZES), 1 / len(SIZES))
    for _ in range(STEPS):
        likely = density * (times * often[i] * often[j])
        likely /= np.maximum(likely.sum(axis=1, keepdims=True), 1e-300)
        pairs = likely.mean(axis=0)
        often = (np.bincount(i, pairs, len(SIZES)) + np.bincount(j, pairs, len(SIZES))) / (2 * pairs.sum())
    # as metrics.within counts: the truth is at most so much above or below the measurement, relative to that
    low = -np.inf if tolerance >= 1 else np.log1p(-tolerance)
    shares = stats.norm.cdf(np.log1p(tolerance), scale=SIZES) - stats.norm.cdf(low, scale=SIZES)
    return float(often @ shares)


def _above_0(name: str, values: ArrayLike, length: int | None) -> FloatArray:
    checked = _check.finite_vector(name, values, length)
    if not len(checked) or checked.min() <= 0:
        least = f"one is {checked.min():g}" if len(checked) else "there is none"
        raise ValueError(f"{name} must hold measurements above 0, but {least}")
    return checked

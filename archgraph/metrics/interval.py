"""Whether predicted standard deviations mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from archgraph import _check
from archgraph.metrics.pair import paired


def interval_coverage(predicted: ArrayLike, std: ArrayLike, measured: ArrayLike, level: float = 0.9) -> float:
    """Share of measurements inside the central normal interval around their predictions.

    A calibrated standard deviation gives a share near ``level``.

    Args:
        predicted: ``(R,)`` means.
        std: ``(R,)`` standard deviations in the same unit, at least 0.
        measured: ``(R,)`` ground truth in the same unit, rows in the same order.
        level: Share that the interval should cover, in (0, 1).

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: The lengths differ, R < 1, a value is not finite, a deviation is negative, or ``level`` is not
            between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, but is {level}")
    mean, truth = paired(predicted, measured, least=1)
    spread = _check.finite_vector("std", std, len(truth))
    if spread.min() < 0:
        raise ValueError(f"std must be at least 0, but row {int(spread.argmin())} is {spread.min()}")
    return float(np.mean(np.abs(mean - truth) <= stats.norm.ppf((1 + level) / 2) * spread))

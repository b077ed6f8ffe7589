"""How well the median of a few samples is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache


def half_width(samples: Sequence[float], confidence: float = 0.95) -> float:
    """Half the width of a confidence interval of the median that holds for any distribution.

    The interval runs from the k-th smallest to the k-th largest sample. The median of the distribution is below the
    first or above the second only if fewer than k of n fair coins fall on one side: k is the largest number for which
    that is unlikely enough.

    Args:
        samples: ``(n,)`` independent values, in any order.
        confidence: Least probability, in (0, 1), that the interval holds the median.

    Returns:
        In the unit of the samples; NaN where n is too small for any such interval (fewer than 6 at 0.95).

    Source:
        Thompson, "On confidence ranges for the median and other expectation distributions for populations of unknown
        distribution form", Annals of Mathematical Statistics 7(3), 1936.
    """
    rank = _rank(len(samples), confidence)
    if rank == 0:
        return math.nan
    ordered = sorted(samples)
    return (ordered[-rank] - ordered[rank - 1]) / 2


@cache
def _rank(count: int, confidence: float) -> int:
    """The largest k for which the k-th smallest and the k-th largest of ``count`` enclose the median; 0 = none."""
    outside, rank = 0.0, 0
    while rank < count:
        outside += 2 * math.comb(count, rank) / 2**count
        if outside > 1 - confidence:
            break
        rank += 1
    return rank

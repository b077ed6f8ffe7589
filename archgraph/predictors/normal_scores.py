"""Numbers by their standing among others of their kind, which makes spaces comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import stats

from archgraph.typing import FloatArray, IntArray

MOST_KNOTS = 257
"""A column with more distinct values is remembered by this many of them."""


@dataclass(frozen=True, eq=False)
class NormalScores:
    """Columns as normal scores: where a value stands among those that were seen, as a standard normal number.

    No label is needed. A column that does not vary becomes 0; values between those seen are interpolated, values
    beyond them count as the last one.

    Attributes:
        values: ``(K,)`` distinct values, ascending within each of the C columns, one column behind the other.
        scores: ``(K,)`` theirs.
        starts: ``(C + 1,)`` where columns begin and end.

    Source:
        Van der Waerden, "Order tests for the two-sample problem and their power", Indagationes Mathematicae 14, 1952.
    """

    values: FloatArray
    scores: FloatArray
    starts: IntArray

    @classmethod
    def learn(cls, seen: FloatArray) -> Self:
        """From ``(R, C)`` values."""
        columns = [_knots(column) for column in seen.T]
        values, scores = (np.concatenate([np.empty(0), *part]) for part in zip(*columns, strict=True))
        return cls(values, scores, np.cumsum([0, *(len(values) for values, _ in columns)]))

    def __call__(self, values: FloatArray) -> FloatArray:
        """``(B, C)`` scores."""
        found = np.empty(values.shape)
        for column, (first, last) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            found[:, column] = np.interp(values[:, column], self.values[first:last], self.scores[first:last])
        return found

    def arrays(self, prefix: str) -> dict[str, FloatArray | IntArray]:
        """What ``from_arrays`` needs, each name behind ``prefix``."""
        return {f"{prefix}{name}": getattr(self, name) for name in ("values", "scores", "starts")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], prefix: str) -> Self:
        """The inverse of ``arrays``."""
        return cls(*(arrays[f"{prefix}{name}"] for name in ("values", "scores", "starts")))


def _knots(column: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distinct values and their scores, which have mean 0 and deviation 1 over the ``(R,)`` values."""
    values, count = np.unique(column, return_counts=True)
    if len(values) < 2:
        return values, np.zeros(len(values))
    middle = np.cumsum(count) - count / 2
    scores = stats.norm.ppf(middle / len(column))
    scores -= count @ scores / len(column)
    scores /= np.sqrt(count @ scores**2 / len(column))
    if len(values) > MOST_KNOTS:
        kept = np.unique(np.searchsorted(middle, np.linspace(middle[0], middle[-1], MOST_KNOTS)))
        return values[kept], scores[kept]
    return values, scores

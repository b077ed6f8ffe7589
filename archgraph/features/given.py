"""Numbers that come with graphs, such as zero-cost proxies, by their rank among the training graphs."""

from __future__ import annotations

import numpy as np

from archgraph.graph import GraphBatch
from archgraph.typing import FloatArray

MOST_QUANTILES = 257
"""Values in between are interpolated."""

UNKNOWN = 0.5
"""Rank of a number that is not known: the middle."""


class Given:
    """Shares of the training graphs with less: proxies span orders of magnitude, and only their order is trusted.

    Args:
        quantiles: Name of each column to its values at equal steps of the share of training graphs, in ascending order.
    """

    def __init__(self, quantiles: dict[str, list[float]]) -> None:
        self.quantiles = quantiles

    @classmethod
    def learn(cls, batch: GraphBatch) -> Given:
        """The ranks of the columns of ``batch``; those in which nothing is known are left out."""
        found = {}
        for name, values in batch.columns.items():
            known = values[np.isfinite(values)]
            if len(known):
                steps = np.linspace(0, 1, min(MOST_QUANTILES, len(known)))
                found[name] = np.quantile(known, steps).tolist()
        return cls(found)

    def ranks(self, batch: GraphBatch, name: str) -> FloatArray:
        """``(B,)`` in 0..1; of equal training values the middle of their ranks.

        Raises:
            ValueError: The graphs lack the column.
        """
        if name not in batch.columns:
            raise ValueError(
                f"graphs must have the column {name!r}, as those in training had; see GraphBatch.with_columns"
            )
        quantiles, values = np.array(self.quantiles[name]), batch.columns[name]
        distinct = np.unique(quantiles)
        ends = [np.searchsorted(quantiles, distinct, side) for side in ("left", "right")]
        middle = (ends[0] + ends[1] - 1) / 2 / max(len(quantiles) - 1, 1)
        # an infinite number is beyond all others, which is where interpolation puts it
        return np.where(np.isnan(values), UNKNOWN, np.interp(values, distinct, middle))

    def state(self) -> dict[str, list[float]]:
        """What the constructor takes, ready for JSON."""
        return self.quantiles

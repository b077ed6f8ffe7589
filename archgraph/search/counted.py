"""How far and how much volume counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import Scaling, minimised, non_dominated
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray

BEYOND = 4.0
"""What 95 % of random architectures beat is this many times less worth improving."""


@dataclass(frozen=True)
class Counted:
    """Objectives from the best value, 0, to where volume ends, 1; smaller is better.

    Where random architectures are, one step is worth as much as another. Beyond what 95 % of them beat it is worth
    less, and counts only as far as a front gains more in another objective than it gives: random architectures show
    little of it where what costs most is by far the best, but nobody wants a cell that is fast as it computes nothing.

    Attributes:
        scale: Up to what 95 % of random architectures beat.
        reach: ``(K,)`` where volume ends, 1 at least, with steps beyond 1 as much shorter as they are less worth.
    """

    scale: Scaling
    reach: FloatArray

    @classmethod
    def of(cls, task: SearchTask, probe: Evaluation, points: FloatArray, front: FloatArray) -> Self:
        """As wide as random architectures are, and farther where a front is worth it.

        Args:
            task: Whose objectives.
            probe: Random architectures.
            points: ``(B, K)`` minimised objectives of others, for the best values.
            front: ``(F, K)`` those of architectures whose front may reach farther.
        """
        known = minimised(probe, task.objectives)
        best = np.minimum(np.nanmin(points, axis=0), np.nanmin(known, axis=0))
        reference = np.nanpercentile(known, 95, axis=0)
        # Random architectures may all be alike in an objective, or all worse than the constraints allow.
        reference = np.where(reference > best, reference, best + np.maximum(np.nanmax(points, axis=0) - best, 1e-9))
        scale = Scaling(task.objectives, best, reference)
        return cls(scale, _reach(_shortened(scale.scaled(front[non_dominated(front)]))))

    def apply(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """``(B, K)`` objectives of column to ``(B,)`` values; volume ends at 1 everywhere."""
        shortened: FloatArray = _shortened(self.scale.apply(values)) / self.reach
        return shortened


def _shortened(scaled: FloatArray) -> FloatArray:
    return np.where(scaled > 1, 1 + (scaled - 1) / BEYOND, scaled)


def _reach(front: FloatArray) -> FloatArray:
    """``(K,)`` how far the front of ``(F, K)`` shortened points gives no more than it gains; at least 1."""
    reach = np.ones(front.shape[1])
    for k, values in enumerate(front.T):
        others, beyond = np.delete(front, k, axis=1), values > 1
        gains = (others[~beyond].min(axis=0, initial=1.0) - others).max(axis=1, initial=0.0)
        reach[k] = values[beyond & (values - 1 <= gains)].max(initial=1.0)
    return reach

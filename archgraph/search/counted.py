"""How far and how much volume counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective, Scaling, minimised, non_dominated
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
    def of(cls, objectives: Sequence[Objective], probe: Evaluation, points: FloatArray) -> Self:
        """As wide as random architectures are, and farther where a front is worth it.

        Args:
            objectives: The K objectives.
            probe: Random architectures.
            points: ``(B, K)`` minimised objectives of those whose front may reach farther.
        """
        known = minimised(probe, objectives)
        best = np.fmin(np.fmin.reduce(points, axis=0, initial=np.inf), np.nanmin(known, axis=0))
        worst = np.fmax(np.fmax.reduce(points, axis=0, initial=-np.inf), np.nanmax(known, axis=0))
        reference = np.nanpercentile(known, 95, axis=0)
        # Random architectures may all be alike in an objective, or all worse than the constraints allow.
        reference = np.where(reference > best, reference, best + np.maximum(worst - best, 1e-9))
        scale = Scaling(tuple(objectives), best, reference)
        return cls(scale, _reach(_shortened(scale.scaled(points[non_dominated(points)]))))

    @property
    def bounds(self) -> tuple[Constraint, ...]:
        """What keeps architectures where volume counts."""
        scale = self.scale
        last = scale.best + (scale.reference - scale.best) * (1 + (self.reach - 1) * BEYOND)
        return tuple(
            Constraint(objective.column, "<=" if objective.goal == "min" else ">=", float(objective.minimised(limit)))
            for objective, limit in zip(scale.objectives, last, strict=True)
        )

    def apply(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """``(B, K)`` objectives of column to ``(B,)`` values; volume ends at 1 everywhere."""
        return self.scaled(minimised(values, self.scale.objectives))

    def scaled(self, points: FloatArray) -> FloatArray:
        """The same of ``(B, K)`` minimised objectives."""
        shortened: FloatArray = _shortened(self.scale.scaled(points)) / self.reach
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

"""One unit for all objectives, fixed by a whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from archgraph.objectives.objective import Objective, minimised
from archgraph.typing import FloatArray


@dataclass(frozen=True)
class Scaling:
    """Objectives measured from the best value (0) to the reference point (1); smaller is better.

    Attributes:
        objectives: The K objectives.
        best: ``(K,)`` lowest minimised values.
        reference: ``(K,)`` minimised values of the reference point.
    """

    objectives: tuple[Objective, ...]
    best: FloatArray
    reference: FloatArray

    @classmethod
    def of(cls, values: Mapping[str, FloatArray], objectives: Sequence[Objective], percentile: float = 95.0) -> Scaling:
        """From the best value of each objective to the ``percentile`` that is worse than so many rows.

        Args:
            values: Column to ``(R,)`` values of the whole table; rows with a NaN objective are left out.
            objectives: The K objectives.
            percentile: Share of rows, in percent, that beat the reference in one objective.

        Raises:
            UnknownNameError: A column is missing.
            ValueError: No row is complete, or an objective does not vary up to the percentile.
        """
        points = minimised(values, objectives)
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            raise ValueError("values must have a row in which every objective is finite, but have none")
        best, reference = points.min(axis=0), np.percentile(points, percentile, axis=0)
        for objective, low, high in zip(objectives, best, reference, strict=True):
            if low == high:
                same = float(objective.minimised(low))
                raise ValueError(f"{objective.column!r} must vary to be scaled, but is {same} up to {percentile:g} %")
        return cls(tuple(objectives), best, reference)

    def apply(self, values: Mapping[str, FloatArray]) -> FloatArray:
        """``(B, K)`` scaled objectives of column to ``(B,)`` values; the reference point is 1 everywhere."""
        return self.scaled(minimised(values, self.objectives))

    def scaled(self, points: FloatArray) -> FloatArray:
        """``(B, K)`` scaled objectives of ``(B, K)`` minimised ones."""
        return (points - self.best) / (self.reference - self.best)

    def up_to(self, accepted: FloatArray, worst: FloatArray) -> Scaling:
        """With the worst that is accepted as the reference point.

        Args:
            accepted: ``(K,)`` minimised, see ``worst_accepted``; inf keeps the reference.
            worst: ``(K,)`` minimised values that nothing goes beyond: a loose bound is taken for them. One that nothing
                is better than keeps the reference.
        """
        bound = np.minimum(accepted, worst)
        taken = np.isfinite(accepted) & (bound > self.best)
        return replace(self, reference=np.where(taken, bound, self.reference))

    @property
    def bounded(self) -> tuple[Objective, ...]:
        """The objectives, each bounded by the reference point."""
        worst = zip(self.objectives, self.reference, strict=True)
        return tuple(replace(objective, bound=float(objective.minimised(value))) for objective, value in worst)

    @property
    def corner(self) -> FloatArray:
        """``(K,)`` the reference point in scaled objectives."""
        return np.ones(len(self.objectives))

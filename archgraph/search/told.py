"""What searchers were told, and which of it is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from archgraph.objectives import Constraint, Objective, layers, minimised, violation, wanted_columns
from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Told:
    """B architectures with what they are worth.

    Attributes:
        genotypes: ``(B, G)`` canonical genotypes.
        values: Column of an objective or a constraint to ``(B,)`` values in its own unit; NaN = failed.
        points: ``(B, K)`` minimised objectives.
        violations: ``(B,)`` how far constraints are broken, summed; 0 = kept.
    """

    genotypes: IntArray
    values: dict[str, FloatArray]
    points: FloatArray
    violations: FloatArray

    @classmethod
    def of(
        cls,
        genotypes: IntArray,
        values: Mapping[str, FloatArray],
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint],
    ) -> Self:
        """``(B, G)`` canonical genotypes with their values, seen by objectives and constraints.

        Raises:
            UnknownNameError: A column of an objective or a constraint is missing.
            ValueError: The lengths differ.
        """
        points = minimised(values, objectives)
        if len(points) != len(genotypes):
            raise ValueError(f"values must have {len(genotypes)} rows, one for each genotype, but have {len(points)}")
        violations = violation(values, constraints)
        columns = wanted_columns(objectives, constraints)
        return cls(genotypes, {name: np.asarray(values[name], np.float64) for name in columns}, points, violations)

    @classmethod
    def nothing(cls, space: SearchSpace, objectives: Sequence[Objective], constraints: Sequence[Constraint]) -> Self:
        """No architectures."""
        empty = {column: np.empty(0) for column in wanted_columns(objectives, constraints)}
        return cls.of(np.empty((0, space.genes), dtype=np.int64), empty, objectives, constraints)

    def __len__(self) -> int:
        return len(self.genotypes)

    @property
    def answered(self) -> BoolArray:
        """``(B,)`` whether every value is finite; the others failed."""
        good: BoolArray = np.isfinite(self.points).all(axis=1) & np.isfinite(self.violations)
        return good

    def take(self, rows: IntArray | BoolArray) -> Told:
        """The architectures in ``rows`` only, in that order: indices or a mask."""
        values = {column: given[rows] for column, given in self.values.items()}
        return Told(self.genotypes[rows], values, self.points[rows], self.violations[rows])

    def joined(self, other: Told) -> Told:
        """These architectures, then the ``other`` ones."""
        return Told.concatenated([self, other])

    @staticmethod
    def concatenated(parts: Sequence[Told]) -> Told:
        """The architectures of ``parts``, which have the same columns, in order."""
        return Told(
            np.concatenate([part.genotypes for part in parts]),
            {column: np.concatenate([part.values[column] for part in parts]) for column in parts[0].values},
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.violations for part in parts]),
        )

    def state(self) -> dict[str, Any]:
        """Genotypes and values as plain JSON values; null = not finite."""
        values = {
            column: [value if np.isfinite(value) else None for value in given.tolist()]
            for column, given in self.values.items()
        }
        return {"genotypes": self.genotypes.tolist(), "values": values}

    def restored(
        self, state: Mapping[str, Any], objectives: Sequence[Objective], constraints: Sequence[Constraint]
    ) -> Told:
        """What ``state`` was taken of, whatever these are."""
        genotypes = np.array(state["genotypes"], dtype=np.int64).reshape(-1, self.genotypes.shape[1])
        values = {column: np.array(given, dtype=np.float64) for column, given in state["values"].items()}
        return Told.of(genotypes, values, objectives, constraints)


def ranks(points: FloatArray, violations: FloatArray, at_least: int | None = None) -> IntArray:
    """``(B,)`` rank of each architecture: 0 is best, and equal ranks are equally good.

    Those that keep the constraints come first, by the Pareto front that they are on; then those that break them, by how
    far; then those that failed.

    Args:
        points: ``(B, K)`` minimised objectives; not finite = failed.
        violations: ``(B,)``; 0 = kept, not finite = failed.
        at_least: Fronts are told apart until so many architectures are on them, the others share the next rank; None
            tells all apart.

    Source:
        Deb, "An efficient constraint handling method for genetic algorithms", Computer Methods in Applied Mechanics and
        Engineering 186, 2000.
    """
    failed = ~(np.isfinite(points).all(axis=1) & np.isfinite(violations))
    kept = np.flatnonzero(~failed & (violations == 0))
    broken = np.flatnonzero(~failed & (violations > 0))
    found = np.zeros(len(points), dtype=np.int64)
    found[kept] = _fronts(points[kept], len(kept) if at_least is None else at_least)
    worse = found[kept].max(initial=-1) + 1
    _, order = np.unique(violations[broken], return_inverse=True)
    found[broken] = worse + order
    found[failed] = worse + order.max(initial=-1) + 1
    return found


def _fronts(points: FloatArray, at_least: int) -> IntArray:
    if points.shape[1] == 1:
        return np.unique(points[:, 0], return_inverse=True)[1].reshape(-1)
    number = layers(points, at_least)
    return np.where(number < 0, number.max(initial=-1) + 1, number)

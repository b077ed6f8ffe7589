"""What a search is to improve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from archgraph.objectives.constraint import Constraint
from archgraph.registry import UnknownNameError
from archgraph.typing import FloatArray


@dataclass(frozen=True)
class Objective:
    """A column to make large or small, and how good it must at least be.

    Attributes:
        column: Name of the column.
        goal: ``"max"`` or ``"min"``.
        bound: The worst value that is accepted, in the column's unit; None accepts all.

    Raises:
        ValueError: The goal is unknown, the column has no name, or the bound is not finite.
    """

    column: str
    goal: Literal["max", "min"]
    bound: float | None = None

    def __post_init__(self) -> None:
        if not self.column:
            raise ValueError("an objective needs the name of a column, but it is empty")
        if self.goal not in ("max", "min"):
            raise ValueError(f"goal of {self.column!r} must be 'max' or 'min', but is {self.goal!r}")
        if self.bound is not None and not math.isfinite(self.bound):
            raise ValueError(f"bound of {self.column!r} must be finite, but is {self.bound}")

    @classmethod
    def parse(cls, text: str) -> Objective:
        """The objective written as ``"val_acc:max"`` or ``"latency_ms:min:<=4.5"``.

        Raises:
            ValueError: The text is not of this form, or the bound excludes the better side.
        """
        column, _, rest = text.partition(":")
        goal, _, bound = rest.partition(":")
        if not column or goal not in ("max", "min"):
            raise ValueError(f"{text!r} is no objective; write COLUMN:max or COLUMN:min, with a bound COLUMN:min:<=4.5")
        if not bound:
            return cls(column, cast("Literal['max', 'min']", goal))
        kept = Constraint.parse(column + bound)
        objective = cls(column, cast("Literal['max', 'min']", goal), kept.limit)
        if kept.relation != objective.worse_side:
            raise ValueError(f"{text!r} bounds the better side; give {kept} as a constraint instead")
        return objective

    @property
    def worse_side(self) -> Literal["<=", ">="]:
        """How a constraint that shuts out the worse values relates to its limit."""
        return "<=" if self.goal == "min" else ">="

    @property
    def constraint(self) -> Constraint | None:
        """The bound as a constraint."""
        if self.bound is None:
            return None
        return Constraint(self.column, self.worse_side, self.bound)

    def __str__(self) -> str:
        kept = self.constraint
        return f"{self.column}:{self.goal}" + (f":{kept.relation}{kept.limit!r}" if kept else "")

    def minimised(self, values: FloatArray) -> FloatArray:
        """``values``, negated if the goal is max: smaller is better."""
        return values if self.goal == "min" else -values


def minimised(values: Mapping[str, FloatArray], objectives: Sequence[Objective]) -> FloatArray:
    """``(B, K)`` the objectives' columns, turned so that smaller is better.

    Raises:
        UnknownNameError: ``values`` lacks a column.
    """
    for objective in objectives:
        if objective.column not in values:
            raise UnknownNameError("column", objective.column, list(values))
    columns = [objective.minimised(np.asarray(values[objective.column], np.float64)) for objective in objectives]
    return np.stack(columns, axis=1)


def all_constraints(objectives: Sequence[Objective], constraints: Sequence[Constraint]) -> tuple[Constraint, ...]:
    """The bounds of the objectives, then the constraints, each once."""
    bounds = (objective.constraint for objective in objectives)
    return tuple(dict.fromkeys([*(bound for bound in bounds if bound is not None), *constraints]))


def worst_accepted(objectives: Sequence[Objective], constraints: Sequence[Constraint]) -> FloatArray:
    """``(K,)`` the minimised values up to which constraints accept each objective; inf where nothing bounds it.

    Args:
        objectives: The K objectives; their own bounds count if they are among ``constraints``.
        constraints: Of any columns.
    """
    accepted = np.full(len(objectives), np.inf)
    for k, objective in enumerate(objectives):
        for constraint in constraints:
            if (constraint.column, constraint.relation) == (objective.column, objective.worse_side):
                accepted[k] = min(accepted[k], float(objective.minimised(np.array(constraint.limit))))
    return accepted


def wanted_columns(objectives: Sequence[Objective], constraints: Sequence[Constraint]) -> tuple[str, ...]:
    """Columns of the objectives and the constraints, each once."""
    columns = [objective.column for objective in objectives] + [constraint.column for constraint in constraints]
    return tuple(dict.fromkeys(columns))

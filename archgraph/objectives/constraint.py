"""Bounds on columns that a search must keep."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from archgraph.registry import UnknownNameError
from archgraph.typing import BoolArray, FloatArray

_TEXT = re.compile(r"\s*([^\s:<>=]+)\s*:?\s*(<=|>=)\s*(\S+)\s*")


@dataclass(frozen=True)
class Constraint:
    """A column that must stay at most, or at least, at a limit.

    Attributes:
        column: Name of the column.
        relation: ``"<="`` or ``">="``.
        limit: In the column's own unit.

    Raises:
        ValueError: The relation is unknown or the limit is not finite.
    """

    column: str
    relation: Literal["<=", ">="]
    limit: float

    def __post_init__(self) -> None:
        if self.relation not in ("<=", ">="):
            raise ValueError(f"relation must be '<=' or '>=', but is {self.relation!r}")
        if not math.isfinite(self.limit):
            raise ValueError(f"limit of {self.column!r} must be finite, but is {self.limit}")

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """The constraint written as ``"params<=50000"`` or ``"val_acc>=0.9"``.

        Raises:
            ValueError: The text is not of this form.
        """
        match = _TEXT.fullmatch(text)
        try:
            column, relation, limit = match.groups() if match else ("", "", "?")
            return cls(column, cast("Literal['<=', '>=']", relation), float(limit))
        except ValueError as error:
            raise ValueError(f"{text!r} is no constraint; write COLUMN<=NUMBER or COLUMN>=NUMBER") from error

    def __str__(self) -> str:
        return f"{self.column}{self.relation}{self.limit!r}"

    def violation(self, values: FloatArray) -> FloatArray:
        """``(B,)`` how far ``(B,)`` values are beyond the limit, in multiples of it; 0 = kept, inf for NaN."""
        beyond = values - self.limit if self.relation == "<=" else self.limit - values
        amount = np.maximum(beyond, 0) / (abs(self.limit) or 1.0)
        return np.where(np.isnan(amount), np.inf, amount)


def violation(values: Mapping[str, FloatArray], constraints: Sequence[Constraint]) -> FloatArray:
    """``(B,)`` violations summed over all constraints; 0 where there are none.

    Raises:
        UnknownNameError: ``values`` lacks a constrained column.
    """
    rows = len(next(iter(values.values())))
    total = np.zeros(rows)
    for constraint in constraints:
        if constraint.column not in values:
            raise UnknownNameError("column", constraint.column, list(values))
        total = total + constraint.violation(values[constraint.column])
    return total


def feasible(values: Mapping[str, FloatArray], constraints: Sequence[Constraint]) -> BoolArray:
    """``(B,)`` whether every constraint is kept; a NaN keeps none."""
    kept: BoolArray = violation(values, constraints) == 0
    return kept


def closest_miss(values: Mapping[str, FloatArray], constraints: Sequence[Constraint]) -> str | None:
    """Which constraints none of B architectures keeps, and what the closest has.

    Args:
        values: Column to ``(B,)`` values, at least one; NaN = not known.
        constraints: On these columns.

    Returns:
        Such as ``"params<=10.0; the closest has params=63114"``; None where one keeps them all.

    Raises:
        UnknownNameError: ``values`` lacks a constrained column.
    """
    far = violation(values, constraints)
    nearest = int(np.argmin(far))
    if far[nearest] == 0:
        return None
    columns = dict.fromkeys(constraint.column for constraint in constraints)
    closest = ", ".join(f"{column}={values[column][nearest]:.6g}" for column in columns)
    return f"{', '.join(map(str, constraints))}; the closest has {closest}"


def check_together(constraints: Sequence[Constraint]) -> None:
    """Hold bounds on one column against one another.

    Raises:
        ValueError: Two of them leave no value.
    """
    lower = {c.column: c for c in sorted(constraints, key=lambda c: c.limit) if c.relation == ">="}
    for upper in constraints:
        least = lower.get(upper.column)
        if upper.relation == "<=" and least is not None and least.limit > upper.limit:
            raise ValueError(f"constraints {least} and {upper} leave no value of {upper.column!r}; loosen one of them")

"""Evaluators made of evaluators."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator, asked, kept_promise
from archgraph.evaluators.evaluation import Evaluation
from archgraph.evaluators.wrapping import Wrapping
from archgraph.registry import UnknownNameError
from archgraph.typing import BoolArray, IntArray


class Combined(Evaluator):
    """All columns of several evaluators; each is asked once per batch, in order.

    Raises:
        ValueError: There are no evaluators, or two answer the same column.
    """

    def __init__(self, *evaluators: Evaluator) -> None:
        if not evaluators:
            raise ValueError("evaluators must hold at least one, but are empty")
        self.evaluators = evaluators
        self.columns = tuple(column for evaluator in evaluators for column in evaluator.columns)
        self.name = "+".join(evaluator.name for evaluator in evaluators)
        self.clocks = any(evaluator.clocks for evaluator in evaluators)
        for column in self.columns:
            if self.columns.count(column) > 1:
                raise ValueError(f"column {column!r} is answered by two evaluators; leave it out of one of them")

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Every column of ``(B, G)`` genotypes.

        Raises:
            ValueError: One of the evaluators does not answer what it promises.
        """
        return Evaluation.merge([asked(evaluator, genotypes) for evaluator in self.evaluators])

    def answerable_for(self, columns: Sequence[str]) -> IntArray | None:
        """The genotypes that all can answer for who answer one of ``columns``; None = any."""
        parts = [(one, [column for column in one.columns if column in columns]) for one in self.evaluators]
        pools = [pool for one, wanted in parts if wanted and (pool := one.answerable_for(wanted)) is not None]
        return reduce(_common, pools) if pools else None


def _common(one: IntArray, other: IntArray) -> IntArray:
    """The rows of one array that are in the other, too."""
    known = {row.tobytes() for row in other}
    return one[[row.tobytes() in known for row in one]]


class Only(Wrapping):
    """Some columns of an evaluator; where it failed in others only, it did not fail.

    Raises:
        UnknownNameError: The evaluator does not answer a column.
    """

    def __init__(self, evaluator: Evaluator, columns: Sequence[str]) -> None:
        for column in columns:
            if column not in evaluator.columns:
                raise UnknownNameError("column", column, evaluator.columns)
        super().__init__(evaluator)
        self.columns = tuple(columns)

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """The chosen columns of ``(B, G)`` genotypes."""
        found = kept_promise(self.evaluator, genotypes)
        values = {column: found[column] for column in self.columns}
        failed: BoolArray = np.any([~np.isfinite(given) for given in values.values()], axis=0)
        reasons = {row: why for row, why in found.reasons.items() if failed[row]}
        std = {column: found.std[column] for column in self.columns if column in found.std}
        return Evaluation(values, reasons, std)

    def answerable_for(self, columns: Sequence[str]) -> IntArray | None:
        """What the evaluator can answer for, of these columns alone."""
        return super().answerable_for([column for column in columns if column in self.columns])

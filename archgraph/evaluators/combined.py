"""Evaluators made of evaluators."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.registry import UnknownNameError
from archgraph.typing import IntArray


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
        pools = [evaluator.answerable for evaluator in evaluators if evaluator.answerable is not None]
        self.answerable = reduce(_common, pools) if pools else None
        for column in self.columns:
            if self.columns.count(column) > 1:
                raise ValueError(f"column {column!r} is answered by two evaluators; leave it out of one of them")

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Every column of ``(B, G)`` genotypes."""
        return Evaluation.merge([evaluator.evaluate(genotypes) for evaluator in self.evaluators])


def _common(one: IntArray, other: IntArray) -> IntArray:
    """The rows of one array that are in the other, too."""
    known = {row.tobytes() for row in other}
    return one[[row.tobytes() in known for row in one]]


class Only(Evaluator):
    """Some columns of an evaluator.

    Raises:
        UnknownNameError: The evaluator does not answer a column.
    """

    def __init__(self, evaluator: Evaluator, columns: Sequence[str]) -> None:
        for column in columns:
            if column not in evaluator.columns:
                raise UnknownNameError("column", column, evaluator.columns)
        self.evaluator = evaluator
        self.columns = tuple(columns)
        self.name, self.answerable = evaluator.name, evaluator.answerable

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """The chosen columns of ``(B, G)`` genotypes."""
        found = self.evaluator.evaluate(genotypes)
        std = {column: found.std[column] for column in self.columns if column in found.std}
        return Evaluation({column: found[column] for column in self.columns}, found.reasons, std)

"""Evaluators that pass another's answers on."""

from __future__ import annotations

from collections.abc import Sequence

from archgraph.evaluators.base import Evaluator
from archgraph.typing import IntArray


class Wrapping(Evaluator):
    """What holds of another evaluator holds of this one; subclasses say how it is asked.

    Args:
        evaluator: Who answers.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.name, self.columns, self.clocks = evaluator.name, evaluator.columns, evaluator.clocks

    def answerable_for(self, columns: Sequence[str]) -> IntArray | None:
        """What the evaluator can answer for."""
        return self.evaluator.answerable_for(columns)

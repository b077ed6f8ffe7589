"""What a function of the user's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.evaluation import Evaluation
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

Function = Callable[[dict[str, Any]], Mapping[str, float] | float]
"""From an architecture, name of variable to choice (``SearchSpace.to_config``), to its values: column to number, or one
number where there is one column."""


class Called(Evaluator):
    """Any Python callable, asked about one architecture at a time.

    Args:
        space: Where the architectures are from.
        columns: What the function answers.
        function: Answers. Errors of values, of arithmetic, of the system, of memory and at run time fail an
            architecture, with a reason; others are mistakes and end the search.
        name: As studies call it; None = the function's.

    Raises:
        ValueError: There is no column, or one twice.
    """

    def __init__(self, space: SearchSpace, columns: Sequence[str], function: Function, name: str | None = None) -> None:
        self.space = space
        self.columns = checked_columns(columns)
        self.function = function
        self.name = name or str(getattr(function, "__name__", type(function).__name__))

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Answers for ``(B, G)`` genotypes, one after the other."""
        return evaluate_each(self.columns, self.space.check(genotypes), self._ask)

    def _ask(self, genotype: IntArray) -> dict[str, float]:
        found = self.function(self.space.to_config(genotype))
        if not isinstance(found, Mapping):
            found = {self.columns[0]: found} if len(self.columns) == 1 else {}
        return numbers(found, self.columns, self.name)


def checked_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """``columns``, at least one and none twice.

    Raises:
        ValueError: They are not.
    """
    if isinstance(columns, str) or not columns or len(set(columns)) < len(columns):
        raise ValueError(f"columns must be names, at least one and none twice, but are {columns!r}")
    return tuple(columns)


def numbers(found: Mapping[str, Any], columns: Sequence[str], who: str) -> dict[str, float]:
    """The columns among what ``who`` answered.

    Raises:
        ValueError: One is missing, or is no number.
    """
    for column in columns:
        if column not in found:
            raise ValueError(f"{who} answered {', '.join(map(str, found)) or 'no columns'}, but not {column!r}")
        if isinstance(found[column], bool | str) or not hasattr(found[column], "__float__"):
            raise ValueError(f"{who} answered {found[column]!r} as {column!r}; let that be a number")
    return {column: float(found[column]) for column in columns}

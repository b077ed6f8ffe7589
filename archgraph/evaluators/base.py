"""The one face of everything that answers "what is this architecture's X?"."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators.evaluation import Evaluation
from archgraph.latency.rounds import FAILURES
from archgraph.typing import IntArray


class Evaluator(ABC):
    """Answers for the architectures of one space.

    Attributes:
        name: Who answered, as studies and reports call it.
        columns: What it answers.
        answerable: ``(B, G)`` the only canonical genotypes that it can answer for, each once; None = any of the space.
    """

    name: str
    columns: tuple[str, ...]
    answerable: IntArray | None = None

    @abstractmethod
    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Values of ``(B, G)`` genotypes, ``(B,)`` for each column.

        An architecture that cannot be evaluated is a NaN with a reason, not an exception.

        Raises:
            ValueError: A genotype has the wrong length or an index out of range.
        """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.columns)})"


def asked(evaluator: Evaluator, genotypes: IntArray) -> Evaluation:
    """What an evaluator answers, held against what it promises; every NaN has a reason.

    Args:
        evaluator: Anybody's.
        genotypes: ``(B, G)``.

    Raises:
        ValueError: A column is missing, or there is not one value for each genotype.
    """
    found = evaluator.evaluate(genotypes)
    for column in evaluator.columns:
        if column not in found:
            told = ", ".join(found) or "no columns"
            raise ValueError(f"evaluator {evaluator.name!r} answered {told}, but not its column {column!r}; correct it")
    if found.rows != len(genotypes):
        raise ValueError(
            f"evaluator {evaluator.name!r} gave {found.rows} values of {len(genotypes)} architectures; let it give one "
            "for each, NaN where it fails"
        )
    return found.explained()


def evaluate_each(
    columns: Sequence[str], genotypes: IntArray, measure: Callable[[IntArray], Mapping[str, float]]
) -> Evaluation:
    """An evaluation out of one call for each architecture, for what takes longer than a loop.

    Args:
        columns: Keys that ``measure`` returns.
        genotypes: ``(B, G)``.
        measure: Called with each ``(G,)`` genotype. ``FAILURES`` become that row's reason; other errors pass through.
    """
    answers: dict[str, list[float]] = {column: [] for column in columns}
    reasons: dict[int, str] = {}
    for row, genotype in enumerate(genotypes):
        try:
            found = measure(genotype)
        except FAILURES as error:
            reasons[row] = f"{type(error).__name__}: {error}".splitlines()[0]
            found = dict.fromkeys(columns, np.nan)
        for column in columns:
            answers[column].append(float(found[column]))
    return Evaluation(answers, reasons).explained()

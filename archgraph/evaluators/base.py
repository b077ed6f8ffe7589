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
        clocks: Whether it takes times, which other work beside it would falsify.
    """

    name: str
    columns: tuple[str, ...]
    clocks: bool = False

    @abstractmethod
    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Values of ``(B, G)`` genotypes, ``(B,)`` for each column.

        An architecture that cannot be evaluated is a NaN with a reason, not an exception.

        Raises:
            ValueError: A genotype has the wrong length or an index out of range.
        """

    def answerable_for(self, columns: Sequence[str]) -> IntArray | None:
        """``(P, G)`` the only canonical genotypes, each once, of which it answers all ``columns`` that are its own.

        None = any of the space.
        """
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.columns)})"


def asked(evaluator: Evaluator, genotypes: ArrayLike) -> Evaluation:
    """What an evaluator answers, held against what it promises; every NaN has a reason.

    Args:
        evaluator: Anybody's.
        genotypes: ``(B, G)``.

    Raises:
        ValueError: It is no evaluation nor a mapping, a column is missing, or there is not one value for each genotype.
    """
    return kept_promise(evaluator, genotypes).explained()


def kept_promise(evaluator: Evaluator, genotypes: ArrayLike) -> Evaluation:
    """``asked``, with NaN that may have no reason."""
    found = evaluator.evaluate(genotypes)
    if not isinstance(found, Evaluation):
        if not isinstance(found, Mapping):
            raise ValueError(
                f"evaluator {evaluator.name!r} answered a {type(found).__name__}; let it return an Evaluation, column "
                "to values"
            )
        try:
            found = Evaluation(found)
        except (ValueError, TypeError) as error:
            raise ValueError(f"evaluator {evaluator.name!r}: {error}") from error
    for column in evaluator.columns:
        if column not in found:
            told = ", ".join(found) or "no columns"
            raise ValueError(f"evaluator {evaluator.name!r} answered {told}, but not its column {column!r}; correct it")
    wanted = len(np.atleast_2d(np.asarray(genotypes)))
    if found.rows != wanted:
        raise ValueError(
            f"evaluator {evaluator.name!r} gave {found.rows} values of {wanted} architectures; let it give one for "
            "each, NaN where it fails"
        )
    return found


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

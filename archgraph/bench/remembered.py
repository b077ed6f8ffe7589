"""A truth that is dear is asked once for each architecture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators import Evaluation, Evaluator, Wrapping, first_of_each, genotype_keys
from archgraph.spaces.base import SearchSpace


class Remembered(Wrapping):
    """Another evaluator's answers, kept for as long as this object lives.

    Failures are remembered like values. For truths that always answer the same.

    Args:
        space: Whose genotypes are asked about; architectures are one where their canonical genotypes are.
        evaluator: Who is asked.
    """

    def __init__(self, space: SearchSpace, evaluator: Evaluator) -> None:
        super().__init__(evaluator)
        self.space = space
        self._answers: dict[Any, Evaluation] = {}

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Values of ``(B, G)`` genotypes: those of before, and what the evaluator says of the others."""
        checked = self.space.check(genotypes)
        if not len(checked):
            return self.evaluator.evaluate(checked)
        keys = genotype_keys(self.space, checked)
        asked = keys.tolist()
        new = first_of_each(keys) & np.array([key not in self._answers for key in asked])
        if new.any():
            found = self.evaluator.evaluate(checked[new])
            rows = np.flatnonzero(new).tolist()
            self._answers |= {asked[row]: found.take(np.array([place])) for place, row in enumerate(rows)}
        return Evaluation.concatenate([self._answers[key] for key in asked])

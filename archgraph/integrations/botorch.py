"""Predictors as a BoTorch model, for its acquisition functions over genotypes.

Source:
    Balandat and others, "BoTorch: A framework for efficient Monte-Carlo Bayesian optimization", NeurIPS 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import Evaluator
from archgraph.integrations.extras import needs
from archgraph.objectives import Objective, minimised
from archgraph.search.task import SearchTask, exact_evaluators
from archgraph.spaces import SearchSpace
from archgraph.typing import FloatArray, IntArray

with needs("botorch", "botorch", __name__):
    from botorch.models.ensemble import EnsembleModel

if TYPE_CHECKING:
    from archgraph.predictors import Predictor

_FEATURES = 256
"""Random features of a drawn error; its correlations are right to about one in sixteen."""

_ALIKE = 0.25
"""Share of the genes in which two architectures must differ for the correlation of their errors to fall to 1/e."""


def as_points(genotypes: ArrayLike) -> torch.Tensor:
    """``(B, G)`` float64 tensor of genotypes, as acquisition functions take them."""
    return torch.as_tensor(np.asarray(genotypes), dtype=torch.float64)


class GenotypeModel(EnsembleModel):
    """What fitted predictors know of architectures, as an ensemble of guesses at the truth.

    Each member is a guess about the whole space: the predictions, plus errors as large as the predicted deviations,
    which similar architectures share. Over the members, mean and variance are exactly the predictors'. Outputs are the
    objectives in their order, those to be minimised negated, since BoTorch maximises; ``points`` does so with values.
    Discrete optimisers choose among genotypes: ``optimize_acqf_discrete(acquisition, q, choices=as_points(rows))``.

    Args:
        space: Of the genotypes.
        objectives: The outputs, as objects or as text such as ``"val_acc:max"``.
        predictors: Column to its fitted predictor.
        evaluators: Exact answers that are cheap; what the space's cost formulas answer is always taken from them.
        members: Number of guesses, even.
        seed: Of the guesses.

    Raises:
        ValueError: A column has no answer or two, or the number of members is odd.

    Source:
        Rahimi and Recht, "Random features for large-scale kernel machines", NeurIPS 2007.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective | str],
        predictors: Mapping[str, Predictor],
        evaluators: Sequence[Evaluator] = (),
        members: int = 64,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if _check.positive_int("members", members) % 2:
            raise ValueError(f"members must be even, because every error is drawn with its opposite, but is {members}")
        goals = tuple(Objective.parse(goal) if isinstance(goal, str) else goal for goal in objectives)
        columns = [goal.column for goal in goals]
        exact = exact_evaluators(space, evaluators, [*predictors, *columns])
        task = SearchTask(space, goals, (), predictors, tuple(exact))
        self.space = space
        self.objectives = goals
        self.scorer = task.scorer(columns, with_std=True)
        self._num_outputs = len(goals)
        rng = np.random.default_rng(seed)
        self._waves = rng.standard_normal((int(space.sizes.sum()), _FEATURES)) / np.sqrt(_ALIKE * space.genes)
        self._phases = rng.uniform(0, 2 * np.pi, _FEATURES)
        self._weights = rng.standard_normal((members // 2, _FEATURES, len(goals)))

    @property
    def batch_shape(self) -> torch.Size:
        """One model."""
        return torch.Size([])

    def points(self, values: Mapping[str, FloatArray]) -> torch.Tensor:
        """``(B, K)`` column to ``(B,)`` values as outputs of this model: larger is better."""
        return torch.as_tensor(-minimised(values, self.objectives), dtype=torch.float64)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """``(..., members, n, K)`` guesses about ``(..., n, G)`` genotypes."""
        rows = X.detach().cpu().numpy().reshape(-1, self.space.genes)
        distinct, place = np.unique(self.space.canonical(np.rint(rows).astype(np.int64)), axis=0, return_inverse=True)
        guesses = self._guesses(distinct)[:, place.reshape(-1)]
        shaped = guesses.reshape(len(guesses), *X.shape[:-1], self._num_outputs)
        return torch.as_tensor(np.moveaxis(shaped, 0, -3), dtype=X.dtype, device=X.device)

    def _guesses(self, genotypes: IntArray) -> FloatArray:
        """``(members, B, K)`` guesses about ``(B, G)`` genotypes."""
        found = self.scorer.evaluate(genotypes)
        means = -minimised(found, self.objectives)
        doubts = [found.std.get(goal.column, np.zeros(len(genotypes))) for goal in self.objectives]
        return means + self._errors(genotypes) * np.stack(doubts, axis=1)

    def _errors(self, genotypes: IntArray) -> FloatArray:
        """``(members, B, K)`` of mean 0 and variance 1 over the members, alike for similar genotypes."""
        first = np.concatenate([[0], np.cumsum(self.space.sizes)[:-1]])
        one_hot = np.zeros((len(genotypes), int(self.space.sizes.sum())))
        np.put_along_axis(one_hot, genotypes + first, 1.0, axis=1)
        waves = np.cos(one_hot @ self._waves + self._phases)
        half = np.einsum("bf,mfk->mbk", waves, self._weights, optimize=True)
        drawn = np.concatenate([half, -half])
        scaled: FloatArray = drawn / drawn.std(axis=0, ddof=1)
        return scaled

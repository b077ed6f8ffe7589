"""BANANAS: predictors that doubt, and guesses at the truth about mutants of the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from archgraph import _check
from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.told import Told, ranks
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor

MEMBERS, TREES = 5, 10
"""Of the forest that predicts unless another predictor is given: as many members as the published ensemble has."""

_ATTEMPTS = 20
"""Rounds of mutating the best until there are enough unknown candidates."""


class BananasSearcher(RememberingSearcher):
    """Asks for the mutants of the best that win when a guess is drawn for each from its prediction and deviation.

    The first ``population`` architectures are drawn at random, unless told ones come first. Then an ensemble for every
    column is fitted to all that is told, the best told architectures are mutated into candidates, one guess is drawn
    for each (independent Thompson sampling), and the candidates with the best guesses are asked for. Of several
    objectives the best are those on the better Pareto front, then luck.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Random architectures to begin with.
        size: Architectures of a round after these.
        mutants: To choose from in each round.
        parents: How many of the best are mutated.
        predictors: Column to a predictor, copies of which are fitted; None, or a column left out: a small
            forest.
        seed: Of all random choices.

    Raises:
        UnknownNameError: A predictor is of a column of no objective or constraint.
        ValueError: There is no objective, or a number is not positive.

    Source:
        White, Neiswanger and Savani, "BANANAS: Bayesian optimization with neural architectures for neural architecture
        search", AAAI 2021, https://arxiv.org/abs/1910.11858.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        population: int = 20,
        size: int = 10,
        mutants: int = 200,
        parents: int = 10,
        predictors: Mapping[str, Predictor] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        self.population = _check.positive_int("population", population)
        self.size = _check.positive_int("size", size)
        self.mutants = _check.positive_int("mutants", mutants)
        self.parents = _check.positive_int("parents", parents)
        for column in predictors or {}:
            if column not in self._told.values:
                raise UnknownNameError("column of a predictor", column, list(self._told.values))
        self.predictors = dict(predictors or {})

    @property
    def batch(self) -> int:
        """The random architectures at once, then ``size``."""
        lacking = self.population - len(self._known)
        return lacking if lacking > 0 else self.size

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` candidates with the best guesses, or random genotypes at the beginning; none twice."""
        _check.positive_int("n", n)
        models = self._models()
        least = max((model.least_rows for model in models.values()), default=1)
        good = self._told.take(self._told.answered)
        asked = self._none()
        if len(self._known) >= self.population and len(good) >= least:
            mutants = self._mutants(good)
            if len(mutants):
                asked = self._fresh(mutants[self._best(good, models, mutants)[:n]])
        if len(asked) < n:
            asked = np.concatenate([asked, self._random(n - len(asked))])
        return asked

    def _models(self) -> dict[str, Predictor]:
        """Column to a predictor that is not fitted."""
        from archgraph.predictors import ForestPredictor

        given = self.predictors
        forest = ForestPredictor(members=MEMBERS, trees=TREES)
        return {column: clone(given.get(column, forest)) for column in self._told.values}

    def _mutants(self, good: Told) -> IntArray:
        """Up to ``(mutants, G)`` unknown mutants of the best."""
        lucky = self._rng.permutation(len(good))
        rank = ranks(good.points, good.violations, self.parents)[lucky]
        best = good.genotypes[lucky[np.argsort(rank, kind="stable")[: self.parents]]]
        found = self._none()
        for _ in range(_ATTEMPTS):
            parents = best[self._rng.integers(len(best), size=self.mutants)]
            found = self._unseen(np.concatenate([found, self._within(self.space.mutate(parents, self._rng))]))
            if len(found) >= self.mutants:
                break
        return found[: self.mutants]

    def _best(self, good: Told, models: Mapping[str, Predictor], mutants: IntArray) -> IntArray:
        """``(M,)`` rows of mutants, those with the best guesses first."""
        told, asked = self.space.graphs(good.genotypes), self.space.graphs(mutants)
        guesses: dict[str, FloatArray] = {}
        for column, model in models.items():
            mean, std = model.fit(told, good.values[column], column).predict(asked, return_std=True)
            guesses[column] = mean + std * self._rng.standard_normal(len(mutants))
        guessed = Told.of(mutants, guesses, self.objectives, self.constraints)
        lucky = self._rng.permutation(len(mutants))
        return lucky[np.argsort(ranks(guessed.points, guessed.violations)[lucky], kind="stable")]

"""LINAS of DyNAS-T: predictors on genes, and a genetic search on their predictions between the evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import genotype_keys
from archgraph.objectives import Constraint, Objective
from archgraph.search.genetic import GeneticSearcher, fittest
from archgraph.search.nsga2 import NSGA2Searcher
from archgraph.search.one_hot_regression import FOLDS, OneHotRegression
from archgraph.search.random_searcher import ExhaustiveSearcher
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.searcher import Searcher
from archgraph.search.told import Told
from archgraph.search.unsga3 import UNSGA3Searcher
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray


class LinasSearcher(RememberingSearcher):
    """In rounds: fit a predictor of each column to all that is told, search on the predictions, ask for the best.

    The first ``population`` architectures are drawn at random, unless told ones come first. The search on predictions
    is a genetic one of the same population (NSGA-II; U-NSGA-III for more than two objectives) over ``candidates``
    architectures; a space with no more genotypes is scored whole. The best of these candidates that are not known, by
    Pareto rank and crowding, are the next round. Predictors are those of ``OneHotRegression``.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Architectures of a round.
        candidates: Architectures to score by predictions in each.
        seed: Of all random choices.

    Raises:
        ValueError: There is no objective, the population is smaller than 2, or the candidates fewer than it.

    Source:
        Cummings, Sarah, Sridhar, Szankin, Munoz and Sundaresan, "A hardware-aware framework for accelerating neural
        architecture search across modalities", 2022, https://arxiv.org/abs/2205.10358.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        population: int = 50,
        candidates: int = 20_000,
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        if _check.positive_int("population", population) < 2:
            raise ValueError(f"population must be at least 2, but is {population}")
        if _check.positive_int("candidates", candidates) < population:
            raise ValueError(f"candidates must be at least the population, {population}, but are {candidates}")
        self.population = population
        self.candidates = candidates
        self._queue = self._none()

    @property
    def batch(self) -> int:
        """What is left of the round, or a whole one."""
        return max(len(self._queue), self.population - len(self._known)) or self.population

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` architectures of this round, and of further ones if it ends; none twice."""
        _check.positive_int("n", n)
        asked = self._none()
        lacking = min(n, self.population - len(self._known))
        if lacking > 0:
            asked = self._random(lacking)
        while len(asked) < n:
            if not len(self._queue):
                self._queue = self._round()
            if not len(self._queue):
                break
            ahead = n - len(asked)
            asked = np.concatenate([asked, self._fresh(self._queue[:ahead])])
            self._queue = self._queue[ahead:]
        if len(asked) < n:
            asked = np.concatenate([asked, self._random(n - len(asked))])
        return asked

    def _round(self) -> IntArray:
        """``(population, G)`` unknown genotypes that are predicted to be best; none if too little is told."""
        good = self._told.take(self._told.answered)
        if len(good) < 2 * FOLDS:
            return self._queue
        models = {
            column: OneHotRegression(self.space.sizes).fit(good.genotypes, values)
            for column, values in good.values.items()
        }
        scored = self._scored(models)
        unknown = scored.take(self._unknown(genotype_keys(self.space, scored.genotypes)))
        return unknown.genotypes[fittest(unknown.points, unknown.violations, self.population, self._rng)]

    def _scored(self, models: Mapping[str, OneHotRegression]) -> Told:
        """What is predicted of ``candidates``, or of the whole space."""
        searcher = self._inner()
        found = [Told.nothing(self.space, self.objectives, self.constraints)]
        while sum(map(len, found)) < self.candidates:
            genotypes = searcher.ask(searcher.batch)
            if not len(genotypes):
                break
            predicted = {column: model.predict(genotypes) for column, model in models.items()}
            searcher.tell(genotypes, predicted)
            found.append(Told.of(genotypes, predicted, self.objectives, self.constraints))
        return Told.concatenated(found)

    def _inner(self) -> Searcher:
        seed = int(self._rng.integers(2**32))
        if self._size <= self.candidates:
            return ExhaustiveSearcher(self.space, self.objectives, self.constraints, seed).confine(self.pool)
        kind: type[GeneticSearcher] = NSGA2Searcher if len(self.objectives) <= 2 else UNSGA3Searcher
        return kind(self.space, self.objectives, self.constraints, self.population, seed).confine(self.pool)

    def state(self) -> dict[str, Any]:
        """What was told, what is left of the round, and the state of the random numbers."""
        return super().state() | {"queue": self._queue.tolist()}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._queue = np.array(state["queue"], dtype=np.int64).reshape(-1, self.space.genes)

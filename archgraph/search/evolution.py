"""Regularised evolution: the best of a sample has a child, and the oldest dies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph import _check
from archgraph.objectives import Constraint, Objective
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.told import Told, ranks
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

_ATTEMPTS = 20
"""Tournaments for each child, at most, before it is drawn at random: around old parents hardly anything is new."""


class EvolutionSearcher(RememberingSearcher):
    """Children differ in one gene from the best of a random sample of the population, which is the youngest told.

    The first ``population`` architectures are drawn at random, unless told ones come first. Of several objectives the
    better Pareto front within the population wins a tournament, then luck; what breaks a constraint is behind all that
    keep them. Failed architectures are never parents.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Architectures that live.
        tournament: How many of them are sampled for each child; all of a smaller population.
        seed: Of all random choices.

    Raises:
        ValueError: There is no objective, the population is smaller than 2, or the tournament than 1.

    Source:
        Real, Aggarwal, Huang and Le, "Regularized evolution for image classifier architecture search", AAAI 2019,
        https://arxiv.org/abs/1802.01548.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        population: int = 30,
        tournament: int = 10,
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        if _check.positive_int("population", population) < 2:
            raise ValueError(f"population must be at least 2, but is {population}")
        self.population = population
        self.tournament = _check.positive_int("tournament", tournament)

    @property
    def batch(self) -> int:
        """The first population at once, then one child after the other."""
        return max(1, self.population - len(self._known))

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` children of the population, or random genotypes until there is one; none twice."""
        _check.positive_int("n", n)
        children = self._none()
        if len(self._known) >= self.population and len(self._told):
            children = self._children(n)
        if len(children) < n:
            children = np.concatenate([children, self._random(n - len(children))])
        return children

    def _children(self, n: int) -> IntArray:
        rank = ranks(self._told.points, self._told.violations)
        children = self._none()
        for _ in range(_ATTEMPTS):
            parents = self._told.genotypes[[self._winner(rank) for _ in range(n - len(children))]]
            # At rate 0 exactly one gene changes.
            children = np.concatenate(
                [children, self._fresh(self._within(self.space.mutate(parents, self._rng, rate=0.0)))]
            )
            if len(children) == n:
                break
        return children

    def _winner(self, rank: IntArray) -> int:
        # The sample comes in random order, so the first of the best is a lucky one.
        sample = self._rng.choice(len(rank), min(self.tournament, len(rank)), replace=False)
        return int(sample[np.argmin(rank[sample])])

    def _kept(self, told: Told) -> Told:
        good = np.flatnonzero(told.answered)
        return told.take(good[-self.population :])

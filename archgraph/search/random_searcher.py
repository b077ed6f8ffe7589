"""Search without looking: the baseline, and a sure way through small spaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import genotype_keys
from archgraph.objectives import Constraint, Objective
from archgraph.search.searcher import Searcher, every_architecture
from archgraph.search.told import Told
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

_BATCH = 64
_PATIENCE = 20
"""Draws from the whole space before the pool itself is drawn from."""


class RandomSearcher(Searcher):
    """Every genotype equally likely, whatever it is told; of a pool that draws hardly meet, every architecture of it.

    Args:
        space: Where to search.
        objectives: What to improve.
        constraints: What to keep.
        seed: Of all random choices.
        pool: ``(P, G)`` canonical genotypes to draw from, such as those of a table; None = the whole space.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        seed: int = 0,
        pool: IntArray | None = None,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        self.pool = pool

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` random canonical genotypes, none twice; fewer if hardly any are left."""
        if self.pool is None:
            return self._random(n)
        _check.positive_int("n", n)
        keys, found = genotype_keys(self.space, self.pool), self._none()
        for _ in range(_PATIENCE):
            drawn = self._unseen(self.space.sample(n - len(found), self._rng))
            found = np.concatenate([found, self._fresh(drawn[np.isin(genotype_keys(self.space, drawn), keys)])])
            if len(found) == n:
                return found
        # a pool that the space hardly ever meets, or hardly anything of it is left
        return np.concatenate([found, self._fresh(self._drawn(self.pool, n - len(found)))])

    @property
    def batch(self) -> int:
        """Any number is as good, as nothing is learned."""
        return _BATCH

    def _learn(self, told: Told) -> None:
        pass


class ExhaustiveSearcher(Searcher):
    """Every architecture of the space in the order of its genotypes, for spaces small enough to score whole."""

    _next = 0

    @cached_property
    def _architectures(self) -> IntArray:
        return every_architecture(self.space)

    def ask(self, n: int) -> IntArray:
        """The next ``(n, G)`` canonical genotypes; fewer at the end of the space."""
        _check.positive_int("n", n)
        found = self._none()
        while len(found) < n and self._next < len(self._architectures):
            last = self._next + n - len(found)
            found = np.concatenate([found, self._fresh(self._architectures[self._next : last])])
            self._next = last
        return found

    @property
    def batch(self) -> int:
        """Any number is as good, as nothing is learned."""
        return _BATCH

    def _learn(self, told: Told) -> None:
        pass

    def state(self) -> dict[str, Any]:
        """The place in the order of genotypes."""
        return super().state() | {"next": self._next}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._next = int(state["next"])

"""Search without looking: the baseline, and a sure way through small spaces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.search.searcher import ENUMERABLE, Searcher, every_architecture
from archgraph.search.told import Told
from archgraph.typing import IntArray

_BATCH = 64


class RandomSearcher(Searcher):
    """Every genotype equally likely, whatever it is told; of a pool that draws hardly meet, every architecture."""

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` random canonical genotypes, none twice; fewer if hardly any are left."""
        return self._random(n)

    @property
    def batch(self) -> int:
        """Any number is as good, as nothing is learned."""
        return _BATCH

    def _learn(self, told: Told) -> None:
        pass


class ExhaustiveSearcher(Searcher):
    """Every architecture in the order of genotypes, for spaces and pools small enough to score whole."""

    _next = 0

    @cached_property
    def _architectures(self) -> IntArray:
        # of a pool in a small space the order of the space too
        return self.pool if self.pool is not None and self.space.size > ENUMERABLE else every_architecture(self.space)

    def ask(self, n: int) -> IntArray:
        """The next ``(n, G)`` canonical genotypes; fewer at the end of them."""
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

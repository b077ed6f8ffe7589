"""Local search: the neighbours of the best, until none is better, and then from somewhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.objectives import Constraint, Objective
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.told import Told, ranks
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

_Row = tuple[int, ...]


class LocalSearcher(RememberingSearcher):
    """Asks for the neighbours of the best architecture in random order, and moves as soon as one is better.

    Each climb begins at the best of ``population`` random architectures, or of others that are told instead, and ends
    where no neighbour is better. Of several objectives the best are a front, and the climb goes on until the neighbours
    of all of it are known (Pareto local search); what breaks a constraint is worse than all that keep them.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Random architectures at the beginning of each climb.
        seed: Of all random choices.

    Raises:
        ValueError: There is no objective, or the population is smaller than 1.

    Source:
        White, Nolen and Savani, "Exploring the loss landscape in neural architecture search", UAI 2021,
        https://arxiv.org/abs/2005.02960; Paquete, Chiarandini and Stützle, "Pareto local optimum sets in the
        biobjective traveling salesman problem", in Metaheuristics for Multiobjective Optimisation, Springer, 2004.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        population: int = 10,
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        self.population = _check.positive_int("population", population)
        # What is remembered is the best of this climb. Of these, the ones whose neighbours are asked for, the last one,
        # and its neighbours that are still to be asked for:
        self._centres: set[_Row] = set()
        self._centre: _Row | None = None
        self._queue = self._none()
        self._awaited: set[_Row] = set()
        self._to_start = self.population

    @property
    def batch(self) -> int:
        """The beginning of a climb at once, then one neighbour after the other."""
        return max(1, self._to_start)

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` neighbours of the best, or random genotypes where a climb begins; none twice."""
        _check.positive_int("n", n)
        asked = self._none()
        while len(asked) < n:
            more = self._next(n - len(asked))
            if not len(more):
                break
            asked = np.concatenate([asked, more])
            self._awaited |= _rows(more)
        return asked

    def _next(self, n: int) -> IntArray:
        """Some of the next ``n``; none where nothing is left."""
        if self._to_start:
            begun = self._random(min(n, self._to_start))
            self._to_start -= len(begun)
            return begun
        while not len(self._queue):
            ahead = [row for row in self._told.genotypes if tuple(row.tolist()) not in self._centres]
            if ahead:
                self._explore(ahead[self._rng.integers(len(ahead))])
            elif self._awaited:
                # The climb may go on from what is not told yet.
                return self._random(n)
            else:
                return self._begin(n)
        found, self._queue = self._fresh(self._queue[:n]), self._queue[n:]
        return found if len(found) else self._next(n)

    def _explore(self, centre: IntArray) -> None:
        self._centre = tuple(centre.tolist())
        self._centres.add(self._centre)
        near = self._unseen(self._within(self.space.neighbours(centre)))
        self._queue = near[self._rng.permutation(len(near))]

    def _begin(self, n: int) -> IntArray:
        """A local optimum: forget the climb, and begin another one."""
        self._told = self._told.take(np.arange(0))
        self._centres, self._centre = set(), None
        begun = self._random(min(n, self.population))
        self._to_start = self.population - len(begun) if len(begun) else 0
        return begun

    def _learn(self, told: Told) -> None:
        rows = _rows(told.genotypes)
        # Whatever else is told is as good to begin from as random architectures.
        self._to_start = max(0, self._to_start - len(rows - self._awaited))
        self._awaited -= rows
        climb = self._told.joined(told.take(told.answered))
        self._told = climb.take(ranks(climb.points, climb.violations) == 0)
        self._centres &= _rows(self._told.genotypes)
        if self._centre not in self._centres:
            # Neighbours of what is beaten are no longer of interest.
            self._queue = self._queue[:0]

    def state(self) -> dict[str, Any]:
        """The best of the climb, whose neighbours are asked for, and the state of the random numbers."""
        return super().state() | {
            "centres": sorted(self._centres),
            "centre": self._centre,
            "queue": self._queue.tolist(),
            "awaited": sorted(self._awaited),
            "to_start": self._to_start,
        }

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._centres = {tuple(row) for row in state["centres"]}
        self._centre = None if state["centre"] is None else tuple(state["centre"])
        self._queue = np.array(state["queue"], dtype=np.int64).reshape(-1, self.space.genes)
        self._awaited = {tuple(row) for row in state["awaited"]}
        self._to_start = int(state["to_start"])


def _rows(genotypes: IntArray) -> set[_Row]:
    return {tuple(row) for row in genotypes.tolist()}

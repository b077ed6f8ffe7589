"""pymoo's operators on genotypes: sampling, crossover, mutation, and what counts as a duplicate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pymoo.core.crossover import Crossover
from pymoo.core.duplicate import DuplicateElimination
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.sampling import Sampling

from archgraph.evaluators import first_of_each, genotype_keys
from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, IntArray


class GenotypeSampling(Sampling):  # type: ignore[misc]  # pymoo ships no types
    """Valid canonical genotypes, no two the same architecture.

    Args:
        space: Of the genotypes.
        pool: ``(P, G)`` genotypes to draw from; None = the whole space.
    """

    def __init__(self, space: SearchSpace, pool: IntArray | None = None) -> None:
        super().__init__()
        self.space = space
        self.pool = pool

    def _do(self, problem: Any, n: int, *_: Any, random_state: np.random.Generator, **__: Any) -> IntArray:
        if self.pool is None:
            return self.space.sample_distinct(n, random_state)
        rows = self.space.canonical(self.pool)
        rows = rows[first_of_each(genotype_keys(self.space, rows))]
        return rows[random_state.permutation(len(rows))[:n]]


class GenotypeCrossover(Crossover):  # type: ignore[misc]  # pymoo ships no types
    """One child of two parents, each gene from either."""

    def __init__(self, space: SearchSpace) -> None:
        super().__init__(n_parents=2, n_offsprings=1)
        self.space = space

    def _do(self, problem: Any, parents: IntArray, *_: Any, random_state: np.random.Generator, **__: Any) -> IntArray:
        return self.space.crossover(parents[0], parents[1], random_state)[None]


class GenotypeMutation(Mutation):  # type: ignore[misc]  # pymoo ships no types
    """At least one gene of each genotype changes."""

    def __init__(self, space: SearchSpace) -> None:
        super().__init__()
        self.space = space

    def _do(self, problem: Any, genotypes: IntArray, *_: Any, random_state: np.random.Generator, **__: Any) -> IntArray:
        return self.space.mutate(genotypes, random_state)


class GenotypeDuplicates(DuplicateElimination):  # type: ignore[misc]  # pymoo ships no types
    """Two genotypes of the same architecture are duplicates."""

    def __init__(self, space: SearchSpace) -> None:
        super().__init__()
        self.space = space

    def _do(self, population: Any, others: Any, is_duplicate: BoolArray) -> BoolArray:
        keys = genotype_keys(self.space, population.get("X"))
        found: BoolArray
        found = ~first_of_each(keys) if others is None else np.isin(keys, genotype_keys(self.space, others.get("X")))
        return found


class KnownElimination(DuplicateElimination):  # type: ignore[misc]  # pymoo ships no types
    """Keeps the children that ``fresh`` returns; what the population and its other children hold is known already.

    Args:
        fresh: ``(B, G)`` genotypes to those of them that were not known, each once; from then on they are.
    """

    def __init__(self, fresh: Callable[[IntArray], IntArray]) -> None:
        super().__init__()
        self._fresh = fresh

    def do(self, children: Any, *_: Any, **__: Any) -> Any:
        """The children that are new, as a population."""
        return Population.new(X=self._fresh(children.get("X"))) if len(children) else children

"""What costs most: the largest architectures of a space."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from archgraph.evaluators import Evaluator, first_of_each, genotype_keys
from archgraph.objectives import Constraint, Objective, feasible, minimised
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

STARTS = 256
"""Random architectures to begin with."""


def dearest(
    space: SearchSpace,
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint],
    exact: Evaluator,
    rng: np.random.Generator,
    pool: IntArray | None = None,
) -> IntArray:
    """The worst in each of some objectives, as far as changes of single genes lead; of a pool exactly.

    Args:
        space: Where to look.
        objectives: Costs, of columns of ``exact``.
        constraints: To be kept by what is returned, on columns of ``exact`` too.
        exact: Who knows without asking.
        rng: Of the architectures to begin with.
        pool: ``(P, G)`` canonical genotypes to choose from; None = the whole space.

    Returns:
        ``(E, G)`` canonical genotypes, each once; none where no random architecture keeps the constraints.
    """

    def cheapness(genotypes: IntArray) -> FloatArray:
        """``(B, K)`` what is to become small."""
        found = exact.evaluate(genotypes)
        points = -minimised(found, objectives)
        kept = feasible(found, constraints) & np.isfinite(points).all(axis=1)
        return np.where(kept[:, None], points, np.inf)

    begin = space.canonical(space.sample(STARTS, rng)) if pool is None else pool
    values = cheapness(begin)
    found = []
    for k, row in enumerate(np.argmin(values, axis=0)):
        if np.isfinite(values[row, k]):
            found.append(begin[row] if pool is not None else _descended(space, begin[row], cheapness, k))
    rows: IntArray = np.array(found, dtype=np.int64).reshape(-1, space.genes)
    return rows[first_of_each(genotype_keys(space, rows))]


def _descended(
    space: SearchSpace, genotype: IntArray, cheapness: Callable[[IntArray], FloatArray], column: int
) -> IntArray:
    """Where going on to the best neighbour, while it is better, ends."""
    value = cheapness(genotype[None])[0, column]
    while len(near := space.canonical(space.neighbours(genotype))):
        values = cheapness(near)[:, column]
        best = int(np.argmin(values))
        if not values[best] < value:
            break
        genotype, value = near[best], values[best]
    return genotype

"""Architectures at the ends of what is known exactly: the cheapest, and those that cost most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from archgraph.evaluators import Evaluator, first_of_each, genotype_keys
from archgraph.objectives import Constraint, Objective, feasible, minimised
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

STARTS = 256
"""Random architectures, the best of which climbs."""


def ends(
    space: SearchSpace,
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint],
    exact: Evaluator,
    rng: np.random.Generator,
    pool: IntArray | None = None,
) -> IntArray:
    """The least and the most of each objective, as far as changes of single genes lead; of a pool exactly.

    What costs least is on the front whatever the other objectives are, and what costs most may be the best in them:
    between both lies all that a search can find, of which random architectures mostly show the middle.

    Args:
        space: Where to look.
        objectives: Of columns of ``exact``.
        constraints: To be kept by what is returned, on columns of ``exact`` too.
        exact: Who knows without asking.
        rng: Of the architectures to start with.
        pool: ``(P, G)`` canonical genotypes to choose from; None = the whole space.

    Returns:
        ``(E, G)`` canonical genotypes, each once; none where no random architecture keeps the constraints.
    """

    def badness(genotypes: IntArray) -> FloatArray:
        """``(B, 2 K)`` what is to become small: each objective, and its opposite."""
        found = exact.evaluate(genotypes)
        points = minimised(found, objectives)
        points = np.concatenate([points, -points], axis=1)
        kept = feasible(found, constraints) & np.isfinite(points).all(axis=1)
        return np.where(kept[:, None], points, np.inf)

    begin = space.canonical(space.sample(STARTS, rng)) if pool is None else pool
    values = badness(begin)
    found = []
    for end, row in enumerate(np.argmin(values, axis=0)):
        if np.isfinite(values[row, end]):
            found.append(begin[row] if pool is not None else _descended(space, begin[row], badness, end))
    rows: IntArray = np.array(found, dtype=np.int64).reshape(-1, space.genes)
    return rows[first_of_each(genotype_keys(space, rows))]


def _descended(
    space: SearchSpace, genotype: IntArray, badness: Callable[[IntArray], FloatArray], column: int
) -> IntArray:
    """Where going on to the best neighbour, while it is better, ends."""
    value = badness(genotype[None])[0, column]
    while len(near := space.canonical(space.neighbours(genotype))):
        values = badness(near)[:, column]
        best = int(np.argmin(values))
        if not values[best] < value:
            break
        genotype, value = near[best], values[best]
    return genotype

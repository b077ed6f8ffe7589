"""U-NSGA-III on genotypes: survivors spread along reference directions, for many objectives.

Source:
    Seada and Deb, "A unified evolutionary optimization procedure for single, multiple, and many objectives", IEEE
    Transactions on Evolutionary Computation 20(3), 2016; Deb and Jain, "An evolutionary many-objective optimization
    algorithm using reference-point-based nondominated sorting approach, part I", the same 18(4), 2014.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from pymoo.algorithms.moo.nsga3 import ReferenceDirectionSurvival
from pymoo.core.survival import Survival
from pymoo.util.ref_dirs import get_reference_directions

from archgraph.search.genetic import GeneticSearcher
from archgraph.search.told import Told
from archgraph.typing import BoolArray, FloatArray

_EVEN = 3
"""Up to so many objectives a simplex lattice (Das and Dennis) spreads directions well; of more, hardly any direction of
a small lattice is inside, and directions that repel one another (Riesz energy) are taken."""

_BOUNDS = ("ideal_point", "worst_point", "nadir_point", "extreme_points")


class UNSGA3Searcher(GeneticSearcher):
    """Elitist evolution by Pareto rank and reference directions; see ``GeneticSearcher``.

    There are as many reference directions as the population has room for. Two parents of one direction compare by rank,
    then by their distance to it.
    """

    marks: ClassVar[tuple[str, ...]] = ("rank", "niche", "dist_to_niche")

    def _new_survival(self) -> Survival:
        return ReferenceDirectionSurvival(reference_directions(len(self.objectives), self.population))

    def _second_wins(self, one: Mapping[str, FloatArray], two: Mapping[str, FloatArray], lucky: BoolArray) -> BoolArray:
        """Of one direction the better rank, then the nearer to it; else luck."""
        far = "dist_to_niche"
        nearer = np.where(one[far] == two[far], lucky, two[far] < one[far])
        better = np.where(one["rank"] == two["rank"], nearer, two["rank"] < one["rank"])
        return np.where(one["niche"] == two["niche"], better, lucky)

    def _learn(self, told: Told) -> None:
        with warnings.catch_warnings():
            # pymoo silences all warnings of the process while it normalises.
            super()._learn(told)

    def state(self) -> dict[str, Any]:
        """As of ``GeneticSearcher``, and what bounds the objectives."""
        bounds = {name: getattr(self._survival.norm, name) for name in _BOUNDS}
        return super().state() | {"bounds": {name: _listed(given) for name, given in bounds.items()}}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._survival = self._new_survival()
        for name, given in state["bounds"].items():
            if given is not None:
                setattr(self._survival.norm, name, np.array(given, dtype=np.float64))


def _listed(given: FloatArray | None) -> list[Any] | None:
    """Plain values; None before anything bounds the objectives."""
    return None if given is None or not np.isfinite(given).all() else given.tolist()


@cache
def reference_directions(objectives: int, most: int) -> FloatArray:
    """``(D, K)`` evenly spread directions whose parts add up to 1; at most ``most``, but at least K.

    Args:
        objectives: K.
        most: Largest D.

    Source:
        Das and Dennis, "Normal-boundary intersection", SIAM Journal on Optimization 8(3), 1998; Blank, Deb, Dhebar,
        Bandaru and Seada, "Generating well-spaced points on a unit simplex for evolutionary many-objective
        optimization", IEEE Transactions on Evolutionary Computation 25(1), 2021.
    """
    if objectives == 1:
        return np.ones((1, 1))
    if objectives > _EVEN:
        found: FloatArray = get_reference_directions("energy", objectives, max(most, objectives), seed=1)
        return found
    parts = 1
    while math.comb(parts + objectives, objectives - 1) <= most:
        parts += 1
    even: FloatArray = get_reference_directions("das-dennis", objectives, n_partitions=parts)
    return even

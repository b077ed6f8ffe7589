"""NSGA-II on genotypes.

Source:
    Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
    Transactions on Evolutionary Computation 6(2), 2002.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pymoo.core.survival import Survival
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from archgraph.search.genetic import GeneticSearcher
from archgraph.typing import BoolArray, FloatArray


class NSGA2Searcher(GeneticSearcher):
    """Elitist evolution by Pareto rank and crowding; see ``GeneticSearcher``.

    With one objective it is an elitist genetic algorithm.
    """

    marks: ClassVar[tuple[str, ...]] = ("rank", "crowding")

    def _new_survival(self) -> Survival:
        return RankAndCrowding()

    def _second_wins(self, one: Mapping[str, FloatArray], two: Mapping[str, FloatArray], lucky: BoolArray) -> BoolArray:
        """The better rank, then more room, then luck."""
        roomier = np.where(one["crowding"] == two["crowding"], lucky, two["crowding"] > one["crowding"])
        return np.where(one["rank"] == two["rank"], roomier, two["rank"] < one["rank"])

"""NSGA-II on genotypes: pymoo's selection and survival, this project's sampling, crossover and mutation.

Source:
    Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
    Transactions on Evolutionary Computation 6(2), 2002; Blank and Deb, "pymoo", IEEE Access 8, 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from pymoo.core.mating import Mating
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.selection.tournament import TournamentSelection
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from archgraph import _check
from archgraph.objectives import Constraint, Objective
from archgraph.search.genotype_operators import GenotypeCrossover, GenotypeMutation, KnownElimination
from archgraph.search.searcher import Searcher
from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, FloatArray, IntArray

_ATTEMPTS = 5
"""Matings per ask before the rest is drawn at random: a population that only breeds known children needs new blood."""


class NSGA2Searcher(Searcher):
    """Elitist evolution by Pareto rank and crowding; infeasible architectures rank behind, by violation.

    The first ``population`` architectures are drawn at random, unless told ones come first. Children that were ever
    known before, as canonical genotypes, are discarded. Failed architectures are never parents. With one objective it
    is an elitist genetic algorithm.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Number of survivors.
        seed: Of all random choices.

    Raises:
        ValueError: There is no objective, or the population is smaller than 2.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        population: int = 100,
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        if _check.positive_int("population", population) < 2:
            raise ValueError(f"population must be at least 2, but is {population}")
        self.population = population
        self._problem = Problem(
            n_var=space.genes, n_obj=len(self.objectives), n_ieq_constr=len(self.constraints), xl=0, xu=space.sizes - 1
        )
        self._survival = RankAndCrowding()
        self._mating = Mating(
            TournamentSelection(func_comp=_binary_tournament),
            GenotypeCrossover(space),
            GenotypeMutation(space),
            eliminate_duplicates=KnownElimination(self._fresh),
            n_max_iterations=_ATTEMPTS,
        )
        self._alive = Population.empty()

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` children of the population, or random genotypes until there is one; none twice."""
        _check.positive_int("n", n)
        children = np.empty((0, self.space.genes), dtype=np.int64)
        if len(self._known) >= self.population and len(self._alive) >= 2:
            bred = self._mating.do(self._problem, self._alive, n, random_state=self._rng)
            if len(bred):
                children = bred.get("X")
        if len(children) < n:
            children = np.concatenate([children, self._random(n - len(children))])
        return children

    def _learn(self, genotypes: IntArray, points: FloatArray, violations: FloatArray) -> None:
        good = np.isfinite(points).all(axis=1) & np.isfinite(violations)
        if not good.any():
            return
        new = Population.new(X=genotypes[good], F=points[good], CV=violations[good, None])
        merged = Population.merge(self._alive, new)
        self._alive = self._survival.do(
            self._problem, merged, n_survive=self.population, random_state=self._rng
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """The population with its ranks and crowding, and the state of the random numbers."""
        alive = {name: np.asarray(self._alive.get(name)).tolist() for name in ("X", "F", "CV", "rank", "crowding")}
        # JSON has no infinity, the crowding at the ends of a front: null stands for it.
        alive["crowding"] = [room if room is not None and np.isfinite(room) else None for room in alive["crowding"]]
        return super().state() | {"population": alive}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        alive = state["population"]
        self._alive = Population.empty()
        if alive["X"]:
            self._alive = Population.new(
                X=np.array(alive["X"], dtype=np.int64),
                F=np.array(alive["F"], dtype=np.float64),
                CV=np.array(alive["CV"], dtype=np.float64),
                rank=alive["rank"],
                crowding=[np.inf if room is None else room for room in alive["crowding"]],
            )


def _binary_tournament(population: Any, pairs: IntArray, random_state: np.random.Generator, **_: Any) -> IntArray:
    """``(T, 1)`` winners of ``(T, 2)`` pairs: less violation, then the better rank, then more room, then luck."""
    violations: FloatArray = population.get("CV")[:, 0]
    # Infeasible survivors have neither rank nor crowding; their violations differ or luck decides.
    rank, crowding = (
        np.nan_to_num(population.get(name).astype(np.float64), nan=np.inf, posinf=np.inf)
        for name in ("rank", "crowding")
    )
    one: IntArray = pairs[:, 0]
    two: IntArray = pairs[:, 1]
    second_wins: BoolArray = random_state.random(len(pairs)) < 0.5
    for score in (-crowding, rank, violations):
        second_wins = np.where(score[one] == score[two], second_wins, score[two] < score[one])
    return np.where(second_wins, two, one)[:, None]

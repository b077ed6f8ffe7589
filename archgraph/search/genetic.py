"""Genetic search on genotypes: pymoo's selection and survival, this project's sampling, crossover and mutation.

Source:
    Blank and Deb, "pymoo: multi-objective optimization in Python", IEEE Access 8, 2020.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from pymoo.core.mating import Mating
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.core.survival import Survival
from pymoo.operators.selection.tournament import TournamentSelection
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

from archgraph import _check
from archgraph.objectives import Constraint, Objective
from archgraph.search.genotype_operators import GenotypeCrossover, GenotypeMutation, KnownElimination
from archgraph.search.searcher import Searcher
from archgraph.search.told import Told, ranks
from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, FloatArray, IntArray

_ATTEMPTS = 5
"""Matings per ask before the rest is drawn at random: a population that only breeds known children needs new blood."""


class GeneticSearcher(Searcher):
    """Elitist evolution; infeasible architectures rank behind, by violation.

    The first ``population`` architectures are drawn at random, unless told ones come first. Children that were ever
    known before, as canonical genotypes, are discarded. Failed architectures are never parents. Subclasses say who
    survives, and who wins a tournament.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        population: Number of survivors.
        seed: Of all random choices.

    Attributes:
        marks: What survival leaves with each survivor, by pymoo's names, for tournaments and the state.

    Raises:
        ValueError: There is no objective, or the population is smaller than 2.
    """

    marks: ClassVar[tuple[str, ...]]

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
        self._survival = self._new_survival()
        self._mating = Mating(
            TournamentSelection(func_comp=self._tournament),
            GenotypeCrossover(space),
            GenotypeMutation(space),
            eliminate_duplicates=KnownElimination(lambda rows: self._fresh(self._within(rows))),
            n_max_iterations=_ATTEMPTS,
        )
        self._alive = Population.empty()

    @abstractmethod
    def _new_survival(self) -> Survival:
        """Who survives, for ``self.population`` and the objectives."""

    @abstractmethod
    def _second_wins(self, one: Mapping[str, FloatArray], two: Mapping[str, FloatArray], lucky: BoolArray) -> BoolArray:
        """``(T,)`` whether the second of two feasible parents wins their tournament.

        Args:
            one: Mark to ``(T,)`` values of the first parents.
            two: The same of the second ones.
            lucky: ``(T,)`` whether luck would have the second win.
        """

    @property
    def batch(self) -> int:
        """A generation."""
        return self.population

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` children of the population, or random genotypes until there is one; none twice."""
        _check.positive_int("n", n)
        children = self._none()
        if len(self._known) >= self.population and len(self._alive) >= 2:
            bred = self._mating.do(self._problem, self._alive, n, random_state=self._rng)
            if len(bred):
                children = bred.get("X")
        if len(children) < n:
            children = np.concatenate([children, self._random(n - len(children))])
        return children

    def _learn(self, told: Told) -> None:
        good = told.take(told.answered)
        if not len(good):
            return
        new = Population.new(X=good.genotypes, F=good.points, CV=good.violations[:, None])
        merged = Population.merge(self._alive, new)
        self._alive = self._survival.do(
            self._problem, merged, n_survive=self.population, random_state=self._rng
        )  # fmt: skip

    def _tournament(self, population: Any, pairs: IntArray, random_state: np.random.Generator, **_: Any) -> IntArray:
        """``(T, 1)`` winners of ``(T, 2)`` pairs: less violation, then what ``_second_wins`` says."""
        violations: FloatArray = population.get("CV")[:, 0]
        # Infeasible survivors have no marks; their violations differ or luck decides.
        marks = {
            name: np.nan_to_num(population.get(name).astype(np.float64), nan=np.inf, posinf=np.inf)
            for name in self.marks
        }
        one: IntArray = pairs[:, 0]
        two: IntArray = pairs[:, 1]
        lucky: BoolArray = random_state.random(len(pairs)) < 0.5
        ahead = self._second_wins(
            {name: given[one] for name, given in marks.items()},
            {name: given[two] for name, given in marks.items()},
            lucky,
        )
        same = violations[one] == violations[two]
        return np.where(np.where(same, ahead, violations[two] < violations[one]), two, one)[:, None]

    def state(self) -> dict[str, Any]:
        """The population with what survival left with it, and the state of the random numbers."""
        alive = {name: np.asarray(self._alive.get(name)).tolist() for name in ("X", "F", "CV")}
        for name in self.marks:
            # JSON has no infinity, such as the crowding at the ends of a front: null stands for it.
            given = self._alive.get(name)
            alive[name] = [_number(mark) if mark is not None and np.isfinite(mark) else None for mark in given]
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
                **{name: [np.inf if mark is None else mark for mark in alive[name]] for name in self.marks},
            )


def fittest(points: FloatArray, violations: FloatArray, n: int, rng: np.random.Generator) -> IntArray:
    """``(n,)`` rows that NSGA-II lets survive; fewer if there are no more.

    Only the first fronts are compared by crowding, so that there may be tens of thousands of rows.

    Args:
        points: ``(B, K)`` minimised objectives; not finite = failed, which never survives.
        violations: ``(B,)``; 0 = constraints are kept.
        n: Number of survivors.
        rng: Of ties.
    """
    good = np.isfinite(points).all(axis=1) & np.isfinite(violations)
    rank = np.where(good, ranks(points, violations, n), len(points))
    enough = np.sort(rank)[: min(n, int(good.sum()))].max(initial=-1)
    near = np.flatnonzero(good & (rank <= enough))
    population = Population.new(F=points[near], CV=violations[near, None], row=near)
    problem = Problem(n_obj=points.shape[1], n_ieq_constr=1)
    survivors = RankAndCrowding().do(problem, population, n_survive=n, random_state=rng)
    rows: IntArray = np.asarray(survivors.get("row"), dtype=np.int64)
    return rows


def _number(mark: Any) -> float:
    """An integer or real number of numpy as Python's."""
    found: float = mark.item() if isinstance(mark, np.generic) else mark
    return found

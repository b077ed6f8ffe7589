"""Architectures in pymoo: a problem with any evaluator behind it, operators, and offspring chosen by predictions.

Source:
    Blank and Deb, "pymoo: Multi-objective optimization in Python", IEEE Access 8, 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from pymoo.algorithms.moo.nsga2 import binary_tournament
from pymoo.core.mating import Mating
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.core.repair import Repair
from pymoo.operators.selection.tournament import TournamentSelection

from archgraph import _check
from archgraph.evaluators import Evaluation, Evaluator, genotype_keys
from archgraph.evaluators.base import asked
from archgraph.objectives import Constraint, Objective, all_constraints, minimised, wanted_columns
from archgraph.search.genotype_operators import (
    GenotypeCrossover,
    GenotypeDuplicates,
    GenotypeMutation,
    GenotypeSampling,
)
from archgraph.search.predictor_searcher import PredictorSearcher
from archgraph.spaces import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor


_ATTEMPTS = 5
"""Matings to breed the offspring that are wanted; a population that only breeds known children has fewer."""


class GenotypeProblem(Problem):
    """The architectures of a space, as pymoo sees them: G whole numbers, K objectives to minimise, constraints.

    No architecture is asked for twice. One that the evaluator has no answer for violates an additional constraint.

    Args:
        space: Where to search.
        evaluator: The truth about every column of the objectives and the constraints.
        objectives: What to improve, as objects or as text such as ``"val_acc:max"``.
        constraints: What to keep, as objects or as text such as ``"params<=50000"``.

    Attributes:
        genotypes: ``(B, G)`` all that were asked for, in their order.
        answers: What the evaluator said of them.

    Raises:
        ValueError: The evaluator leaves a column out.
    """

    def __init__(
        self,
        space: SearchSpace,
        evaluator: Evaluator,
        objectives: Sequence[Objective | str],
        constraints: Sequence[Constraint | str] = (),
    ) -> None:
        self.space = space
        self.evaluator = evaluator
        self.objectives = tuple(Objective.parse(goal) if isinstance(goal, str) else goal for goal in objectives)
        self.constraints = tuple(Constraint.parse(bound) if isinstance(bound, str) else bound for bound in constraints)
        for column in wanted_columns(self.objectives, self.constraints):
            if column not in evaluator.columns:
                raise ValueError(f"the evaluator answers {', '.join(evaluator.columns)}, but not {column!r}")
        bounds = all_constraints(self.objectives, self.constraints)
        super().__init__(
            n_var=space.genes,
            n_obj=len(self.objectives),
            n_ieq_constr=len(bounds) + 1,
            xl=0,
            xu=space.sizes - 1,
            vtype=int,
        )
        self.genotypes = np.empty((0, space.genes), dtype=np.int64)
        self.answers = Evaluation({column: np.empty(0) for column in evaluator.columns})
        self._bounds = bounds
        self._row: dict[Any, int] = {}

    def _evaluate(self, x: ArrayLike, out: dict[str, FloatArray], *_: Any, **__: Any) -> None:
        found = self.answers_for(x)
        points = minimised(found, self.objectives)
        failed = np.asarray(np.isnan(points).any(axis=1))
        kept = [bound.violation(found[bound.column]) for bound in self._bounds]
        out["F"] = np.where(failed[:, None], np.inf, points)
        out["G"] = np.stack([*kept, failed.astype(np.float64)], axis=1)

    def answers_for(self, genotypes: ArrayLike) -> Evaluation:
        """What the evaluator says of ``(B, G)`` genotypes; it is asked about those only that are new."""
        rows = self.space.canonical(np.asarray(genotypes).astype(np.int64))
        keys = genotype_keys(self.space, rows).tolist()
        new = [place for place, key in enumerate(keys) if key not in self._row and key not in keys[:place]]
        if new:
            found = asked(self.evaluator, rows[new])
            # known only once it is answered: an evaluator that fails is asked again
            self._row |= {keys[place]: len(self.genotypes) + step for step, place in enumerate(new)}
            self.genotypes = np.concatenate([self.genotypes, rows[new]])
            self.answers = Evaluation.concatenate([self.answers, Evaluation(dict(found), found.reasons)])
        return self.answers.take(np.array([self._row[key] for key in keys], dtype=np.int64))


def operators(space: SearchSpace, pool: ArrayLike | None = None) -> dict[str, Any]:
    """Arguments for pymoo's genetic algorithms: sampling, crossover, mutation, repair, elimination of duplicates.

    In use: ``NSGA2(pop_size=50, **operators(space))``.

    Args:
        space: Where to search.
        pool: ``(P, G)`` the only genotypes that have an answer, such as those of a table: the first ones are drawn from
            it, and children are replaced by their nearest. None = the whole space.
    """
    given = None if pool is None else space.canonical(pool)
    return {
        "sampling": GenotypeSampling(space, given),
        "crossover": GenotypeCrossover(space),
        "mutation": GenotypeMutation(space),
        "repair": None if given is None else NearestOf(space, given),
        "eliminate_duplicates": GenotypeDuplicates(space),
    }


class Preselection(Mating):
    """Breeds several times the offspring that are wanted, and keeps those that should improve the front most.

    The predictors learn anew, in every generation, from all that the problem was asked for. In use:
    ``NSGA2(pop_size=50, mating=Preselection(space, {"val_acc": predictor}), **operators(space))``.

    Args:
        space: Of the problem.
        predictors: Column to a predictor, of which copies are fitted, for what has no exact answer.
        evaluators: Exact answers that are cheap; what the space's cost formulas answer is always taken from them.
        factor: Offspring to breed for each that is kept.
        first: Answers to learn from, at least; until there are as many, offspring are kept at random.
        pool: As that of ``operators``.
        selection: Of parents, pymoo's; None = the binary tournament of NSGA-II.
    """

    def __init__(
        self,
        space: SearchSpace,
        predictors: Mapping[str, Predictor],
        evaluators: Sequence[Evaluator] = (),
        factor: int = 20,
        first: int = 16,
        pool: ArrayLike | None = None,
        selection: Any = None,
    ) -> None:
        given = operators(space, pool)
        del given["sampling"]
        selection = selection or TournamentSelection(func_comp=binary_tournament)
        super().__init__(selection, n_max_iterations=_ATTEMPTS, **given)
        self.predictors = dict(predictors)
        self.evaluators = tuple(evaluators)
        self.factor = _check.positive_int("factor", factor)
        self.first = _check.positive_int("first", first)

    def do(
        self, problem: GenotypeProblem, pop: Any, n_offsprings: int, random_state: Any = None, **options: Any
    ) -> Any:
        """Up to ``n_offsprings`` children of ``pop`` that were never asked for, as a population."""
        bred = super().do(problem, pop, self.factor * n_offsprings, random_state=random_state, **options)
        if not len(bred):
            return bred
        searcher = PredictorSearcher(
            problem.space,
            problem.objectives,
            self.predictors,
            problem.constraints,
            self.evaluators,
            pool=bred.get("X"),
            candidates=len(bred),
            first=self.first,
            seed=int(random_state.integers(2**32)),
        )
        searcher.tell(problem.genotypes, problem.answers)
        return Population.new(X=searcher.ask(n_offsprings))


class NearestOf(Repair):
    """Replaces each child by the architecture of a pool that has most genes in common with it.

    It lets evolution walk over what a table holds.

    Args:
        space: Of the genotypes.
        pool: ``(P, G)`` genotypes.
    """

    def __init__(self, space: SearchSpace, pool: ArrayLike) -> None:
        super().__init__()
        self.pool = space.canonical(pool)
        self.space = space

    def _do(self, problem: Any, genotypes: IntArray, **_: Any) -> IntArray:
        rows = self.space.canonical(genotypes)
        nearest = [int(np.argmax((self.pool == row).sum(axis=1))) for row in rows]
        return self.pool[nearest]

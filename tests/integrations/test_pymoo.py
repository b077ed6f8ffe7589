"""Architectures in pymoo's own loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.optimize import minimize

import archgraph as ag
from archgraph.data import ArchTable
from archgraph.evaluators import Combined, Costs, Evaluation, Evaluator, Tabular, genotype_keys
from archgraph.integrations.pymoo import GenotypeProblem, NearestOf, Preselection, operators
from archgraph.objectives import Scaling, hypervolume
from archgraph.predictors import GaussianProcessPredictor
from archgraph.spaces import SearchSpace, space

GOALS = ("val_acc:max", "params:min")


@pytest.fixture(scope="module")
def table() -> ArchTable:
    return ag.load("digit-scenes")


class GeneSum(Evaluator):
    """The sum of the genes; none for what begins with a 3. Counts what it is asked."""

    name = "sum"
    columns = ("good",)

    def __init__(self, where: SearchSpace) -> None:
        self.space, self.asked = where, 0

    def evaluate(self, genotypes: Any) -> Evaluation:
        rows = np.asarray(genotypes)
        self.asked += len(rows)
        return Evaluation({"good": np.where(rows[:, 0] == 3, np.nan, rows.sum(axis=1))})


@pytest.fixture
def nb201() -> SearchSpace:
    return space("nb201")


def test_values_constraints_and_failures_arrive(nb201: SearchSpace) -> None:
    truth = Combined(GeneSum(nb201), Costs(nb201))
    problem = GenotypeProblem(nb201, truth, ["good:max:>=10", "params:min"], ["macs<=1e8"])
    rows = np.array([[4, 4, 4, 4, 4, 4], [0, 0, 0, 0, 0, 4], [3, 4, 4, 4, 4, 4]])
    found = problem.evaluate(rows, return_as_dictionary=True)
    costs = nb201.costs(rows)
    sums = nb201.canonical(rows[:2]).sum(axis=1)
    assert found["F"][:2].tolist() == np.stack([-sums, costs["params"][:2]], axis=1).tolist()
    assert np.isinf(found["F"][2]).all()
    assert found["G"][:, 0].tolist() == [max(0, 10 - sums[0]) / 10, 1 - sums[1] / 10, np.inf]
    assert found["G"][:, 1].tolist() == (np.maximum(costs["macs"] - 1e8, 0) / 1e8).tolist()
    assert found["G"][:, 2].tolist() == [0, 0, 1]


def test_nothing_is_asked_for_twice(nb201: SearchSpace) -> None:
    truth = GeneSum(nb201)
    problem = GenotypeProblem(nb201, truth, ["good:max"])
    rows = nb201.sample(30, np.random.default_rng(0))
    first = problem.answers_for(np.concatenate([rows, rows]))
    again = problem.answers_for(rows[::-1].astype(float))
    assert truth.asked == len(np.unique(genotype_keys(nb201, rows))) == len(problem.genotypes)
    np.testing.assert_array_equal(first["good"][:30], again["good"][::-1])


def test_what_fails_is_asked_again_and_leaves_nothing_wrong(nb201: SearchSpace) -> None:
    truth = GeneSum(nb201)
    problem = GenotypeProblem(nb201, truth, ["good:max"])
    rows = nb201.sample_distinct(4, np.random.default_rng(0))
    for broken, message in (
        (ZeroDivisionError("a moment"), "a moment"),
        (Evaluation({"good": [1.0]}), "gave 1 values"),
    ):
        truth.evaluate = Mock(side_effect=[broken])  # type: ignore[method-assign]
        with pytest.raises((ZeroDivisionError, ValueError), match=message):
            problem.answers_for(rows[:2])
    del truth.evaluate
    problem.answers_for(rows[2:])
    np.testing.assert_array_equal(problem.answers_for(rows)["good"], GeneSum(nb201).evaluate(rows)["good"])


def test_evolution_climbs_and_leaves_failures_behind(nb201: SearchSpace) -> None:
    problem = GenotypeProblem(nb201, GeneSum(nb201), ["good:max"])
    result = minimize(problem, NSGA2(pop_size=20, **operators(nb201)), ("n_gen", 15), seed=0)
    # 24 is the largest sum of all.
    assert result.F.min() <= -22
    assert (nb201.canonical(result.pop.get("X"))[:, 0] != 3).all()
    assert len(np.unique(genotype_keys(nb201, result.pop.get("X")))) == 20


def volume(table: ArchTable) -> Callable[[Any], float]:
    problem = GenotypeProblem(table.space, Tabular(table), GOALS)
    scale = Scaling.of(table.columns, problem.objectives)
    return lambda points: hypervolume(scale.scaled(points), scale.corner)


def test_offspring_that_predictors_choose_hold_more_of_the_front(table: ArchTable) -> None:
    held: dict[str, list[float]] = {"plain": [], "predicted": []}
    for seed in range(2):
        for name, volumes in held.items():
            problem = GenotypeProblem(table.space, Tabular(table, ["val_acc", "params"]), GOALS)
            learners = {"val_acc": GaussianProcessPredictor(members=1, steps=15)}
            mating = Preselection(table.space, learners, pool=table.genotypes) if name == "predicted" else None
            algorithm = NSGA2(pop_size=16, mating=mating, **operators(table.space, table.genotypes))
            result = minimize(problem, algorithm, ("n_eval", 48), seed=seed)
            assert len(problem.genotypes) <= 48
            assert np.isfinite(result.F).all()
            volumes.append(volume(table)(result.F))
    assert np.mean(held["predicted"]) > 1.05 * np.mean(held["plain"])


def test_children_become_their_nearest_of_the_pool(nb201: SearchSpace) -> None:
    pool = np.array([[4, 4, 4, 4, 4, 4], [2, 2, 2, 2, 2, 2]])
    repaired = NearestOf(nb201, pool)._do(None, np.array([[4, 4, 4, 4, 2, 2], [2, 2, 2, 2, 2, 4]]))
    assert repaired.tolist() == nb201.canonical(pool).tolist()


def test_an_evaluator_that_leaves_a_column_out_is_refused(nb201: SearchSpace) -> None:
    with pytest.raises(ValueError, match="the evaluator answers good, but not 'ms'"):
        GenotypeProblem(nb201, GeneSum(nb201), ["good:max", "ms:min"])

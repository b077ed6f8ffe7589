"""Guesses at the truth about candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective
from archgraph.search import SearchTask
from archgraph.search.guesses import DRAWS, OWN_ERROR, guesses, scaling
from archgraph.spaces import space

PROBE = Evaluation({"acc": np.linspace(50, 70, 21), "ms": np.linspace(1, 3, 21)})


@pytest.fixture
def task(predictors: Any) -> SearchTask:
    objectives = (Objective("acc", "max"), Objective("ms", "min"))
    return SearchTask(space("nb201"), objectives, (Constraint("ms", "<=", 2.0),), predictors)


def test_scales_reach_from_the_best_to_what_most_beat(task: SearchTask) -> None:
    scale = scaling(replace(task, constraints=()), PROBE, np.array([[-80.0, 2.0], [-60.0, 0.5]]))
    found = scale.apply({"acc": np.array([80.0, 51.0]), "ms": np.array([0.5, 2.9])})
    assert found == pytest.approx(np.array([[0, 0], [1, 1]]))


@pytest.mark.parametrize(
    ("bound", "reference"),
    [("ms:min:<=2.5", 2.5), ("ms:min:<=7", 7.0), ("ms:min:<=1000", 9.0), ("ms:min:<=0.1", 2.9)],
    ids=["tighter than random ones", "beyond them", "beyond all", "better than all"],
)
def test_scales_reach_to_the_worst_that_is_accepted(task: SearchTask, bound: str, reference: float) -> None:
    bounded = replace(task, objectives=(task.objectives[0], Objective.parse(bound)), constraints=())
    scale = scaling(bounded, PROBE, np.array([[-80.0, 9.0], [-60.0, 0.5]]))
    found = scale.apply({"acc": np.array([80.0, 51.0]), "ms": np.array([0.5, reference])})
    assert found == pytest.approx(np.array([[0, 0], [1, 1]]))


def test_where_random_ones_are_all_alike_the_worst_is_the_reference(task: SearchTask) -> None:
    alike = Evaluation({"acc": np.full(5, 60.0), "ms": np.full(5, 2.0)})
    scale = scaling(replace(task, constraints=()), alike, np.array([[-60.0, 2.0], [-40.0, 4.0]]))
    assert scale.apply({"acc": np.array([60.0, 40.0]), "ms": np.array([2.0, 4.0])}) == pytest.approx(
        np.array([[0, 0], [1, 1]])
    )


def test_guesses_spread_as_far_as_doubt_and_never_further_than_random_ones(task: SearchTask) -> None:
    scale = scaling(task, PROBE, np.array([[-70.0, 1.0]]))
    means = {"acc": np.full(400, 60.0), "ms": np.full(400, 1.5)}
    for std, wanted in ((1.0, 1.0), (1e6, float(np.std(PROBE["acc"])))):
        found = Evaluation(means, std={"acc": np.full(400, std)})
        drawn = guesses(task, found, PROBE, scale, np.random.default_rng(0))
        assert drawn.shape == (DRAWS, 400, 2)
        width = 70 - 51  # from the best to what 95 % of the probe beat
        assert drawn[:, :, 0].std() * width == pytest.approx(OWN_ERROR * wanted, rel=0.05)
        # exact columns are not in doubt
        assert np.ptp(drawn[:, :, 1]) == 0


def test_what_breaks_a_constraint_is_worth_nothing(task: SearchTask) -> None:
    scale = scaling(task, PROBE, np.array([[-70.0, 1.0]]))
    found = Evaluation({"acc": np.full(2, 60.0), "ms": np.array([1.9, 2.1])})
    drawn = guesses(task, found, PROBE, scale, np.random.default_rng(0))
    assert np.isfinite(drawn[:, 0]).all()
    assert np.isinf(drawn[:, 1]).all()

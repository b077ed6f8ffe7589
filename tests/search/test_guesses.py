"""Guesses at the truth about candidates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective
from archgraph.search import SearchTask
from archgraph.search.guesses import DRAWS, OWN_ERROR, guesses, scaling
from archgraph.spaces import space

PROBE = Evaluation({"acc": np.linspace(50, 70, 21), "ms": np.linspace(1, 3, 21)})
NO_FRONT = np.empty((0, 2))


@pytest.fixture
def task(predictors: Any) -> SearchTask:
    objectives = (Objective("acc", "max"), Objective("ms", "min"))
    return SearchTask(space("nb201"), objectives, (Constraint("ms", "<=", 2.0),), predictors)


def test_scales_reach_from_the_best_to_what_most_beat(task: SearchTask) -> None:
    scale = scaling(task, PROBE, np.array([[-80.0, 2.0], [-60.0, 0.5]]), NO_FRONT)
    found = scale.apply({"acc": np.array([80.0, 51.0]), "ms": np.array([0.5, 2.9])})
    assert found == pytest.approx(np.array([[0, 0], [1, 1]]))


def test_scales_reach_as_far_as_the_front_is_worth_it(task: SearchTask) -> None:
    # up to (51, 2.9) counts otherwise, which is 29 % and 2.4 ms from the best
    best = np.array([[-80.0, 0.5]])

    def reference(*front: tuple[float, float]) -> list[float]:
        return scaling(task, PROBE, best, minimised_front(front)).reference.tolist()

    def minimised_front(front: tuple[tuple[float, float], ...]) -> np.ndarray:
        return np.array([(-acc, ms) for acc, ms in front])

    assert reference((70, 2.0), (60, 0.5)) == pytest.approx([-51, 2.9])
    # 10 of 29 % more for 3 of 2.4 ms
    assert reference((70, 2.0), (80, 5.9), (60, 0.5)) == pytest.approx([-51, 5.9])
    # 1 of 29 % more for as much
    assert reference((79, 2.0), (80, 5.9), (60, 0.5)) == pytest.approx([-51, 2.9])
    # 0.1 of 2.4 ms less for 41 of 29 %
    assert reference((70, 0.6), (10, 0.5)) == pytest.approx([-51, 2.9])
    # nothing less than 2.9 ms is known
    assert reference((60, 3.5)) == pytest.approx([-51, 3.5])
    # what another beats does not count
    assert reference((70, 2.0), (69, 5.9)) == pytest.approx([-51, 2.9])


def test_where_random_ones_are_all_alike_the_worst_is_the_reference(task: SearchTask) -> None:
    alike = Evaluation({"acc": np.full(5, 60.0), "ms": np.full(5, 2.0)})
    scale = scaling(task, alike, np.array([[-60.0, 2.0], [-40.0, 4.0]]), NO_FRONT)
    assert scale.apply({"acc": np.array([60.0, 40.0]), "ms": np.array([2.0, 4.0])}) == pytest.approx(
        np.array([[0, 0], [1, 1]])
    )


def test_guesses_spread_as_far_as_doubt_and_never_further_than_random_ones(task: SearchTask) -> None:
    scale = scaling(task, PROBE, np.array([[-70.0, 1.0]]), NO_FRONT)
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
    scale = scaling(task, PROBE, np.array([[-70.0, 1.0]]), NO_FRONT)
    found = Evaluation({"acc": np.full(2, 60.0), "ms": np.array([1.9, 2.1])})
    drawn = guesses(task, found, PROBE, scale, np.random.default_rng(0))
    assert np.isfinite(drawn[:, 0]).all()
    assert np.isinf(drawn[:, 1]).all()

"""Searches held against a truth of which everything is known."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.bench.search_truth import SearchTruth, evaluations_to, shares
from archgraph.data import ArchTable
from archgraph.evaluators import Evaluation, Tabular
from archgraph.objectives import Objective
from archgraph.spaces import space

GOALS = (Objective("acc", "max"), Objective("ms", "min"))


@pytest.fixture
def truth() -> SearchTruth:
    values = {"acc": np.array([90.0, 80.0, 70.0, 60.0]), "ms": np.array([8.0, 4.0, 2.0, 9.0])}
    genotypes = np.array([[0, 0, 0, 1, 0, 0], [0, 0, 2, 1, 0, 2], [2, 2, 2, 2, 2, 2], [3, 3, 3, 3, 3, 3]])
    nb201 = space("nb201")
    return SearchTruth.of("made up", nb201, Tabular(ArchTable(nb201, genotypes, values)), values, GOALS)


def test_a_whole_truth_is_its_own_front(truth: SearchTruth) -> None:
    found = Evaluation({"acc": [60.0, 80.0, 80.0, np.nan, 90.0, 70.0], "ms": [9.0, 4.0, 4.0, 1.0, 8.0, 2.0]})
    steps = truth.improvements(found)
    assert [line[0] for line in steps] == [1, 2, 5, 6]
    numbers, held = shares(steps, truth.volume)
    assert numbers == [1, 2, 5, 6]
    assert (np.diff(held) > 0).all()
    assert held[-1] == pytest.approx(1)
    assert evaluations_to(1.0, steps, truth.volume) == 6
    assert evaluations_to(held[1], steps, truth.volume) == 2
    assert evaluations_to(1.01, steps, truth.volume) is None


def test_shares_by_hand(truth: SearchTruth) -> None:
    # accuracy from 90 to the 95th percentile of 60..90 turned round, 61.5; ms from 2 to 8.85
    steps = truth.improvements(Evaluation({"acc": [80.0], "ms": [4.0]}))
    assert steps == [[1, pytest.approx(10 / 28.5), pytest.approx(2 / 6.85)]]
    box = (1 - 10 / 28.5) * (1 - 2 / 6.85)
    assert shares(steps, 0.5)[1].tolist() == [pytest.approx(2 * box)]


def test_one_objective() -> None:
    nb201 = space("nb201")
    values = {"acc": np.array([90.0, 80.0, 70.0, 60.0])}
    goals = (Objective("acc", "max"),)
    truth = SearchTruth.of("one", nb201, Tabular(ArchTable(nb201, np.eye(4, 6, dtype=int), values)), values, goals)
    steps = truth.improvements(Evaluation({"acc": [70.0, 60.0, 90.0, 90.0]}))
    assert [line[0] for line in steps] == [1, 3]
    assert evaluations_to(1.0, steps, truth.volume) == 3


def test_a_front_beyond_random_architectures(truth: SearchTruth) -> None:
    values = {"acc": np.array([60.0, 70.0, 65.0]), "ms": np.array([5.0, 6.0, 7.0])}
    front = {"acc": np.array([95.0]), "ms": np.array([1.0])}
    wider = SearchTruth.of("wider", truth.space, truth.verifier, values, GOALS, front)
    assert wider.scaling.best.tolist() == [-95.0, 1.0]
    assert wider.volume == pytest.approx(1)


def test_nothing_found_holds_nothing(truth: SearchTruth) -> None:
    steps = truth.improvements(Evaluation({"acc": [np.nan], "ms": [1.0]}))
    assert steps == []
    assert evaluations_to(0.5, steps, truth.volume) is None

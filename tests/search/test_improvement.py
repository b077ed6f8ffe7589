"""Which candidates improve a front."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.evaluators import Costs, Evaluation
from archgraph.objectives import Constraint, Objective
from archgraph.search.counted import Counted
from archgraph.search.improvement import most_improving
from archgraph.search.task import SearchTask
from archgraph.spaces import space

GOALS = (Objective("params", "min"), Objective("macs", "min"))
FOUND = Evaluation({"params": [9.0, 1.0, 5.0, 4.0, 4.1], "macs": [9.0, 9.0, 5.0, 6.0, 6.0]})
PROBE = Evaluation({"params": np.linspace(0, 10, 50), "macs": np.linspace(10, 0, 50)})
HELD = {"params": np.array([5.0]), "macs": np.array([5.0])}


def task(min_gain: float = 0.0, constraints: tuple[Constraint, ...] = ()) -> SearchTask:
    nb201 = space("nb201")
    return SearchTask(nb201, GOALS, constraints, {}, (Costs(nb201),), min_gain=min_gain)


def rows(asked: SearchTask, n: int, held: dict[str, np.ndarray] = HELD) -> list[int]:
    counted = Counted.of(GOALS, PROBE, np.column_stack([held["params"], held["macs"]]))
    return most_improving(asked, FOUND, PROBE, counted, held, n, np.random.default_rng(0)).tolist()


def test_what_adds_most_comes_first_and_nothing_counts_twice() -> None:
    # beside (5, 5): row 1 adds a strip of 4 by 1 up to (10, 10), row 3 one of 1 by 4; row 4 then adds nothing
    first, second, *others = rows(task(), 5)
    assert {first, second} == {1, 3}
    assert set(others) == {0, 2, 4}


def test_constraints_leave_out() -> None:
    assert rows(task(constraints=(Constraint("macs", "<=", 8.0),)), 1) == [3]


def test_too_small_gains_are_not_worth_a_round() -> None:
    assert rows(task(min_gain=0.1), 2) != []
    assert rows(task(min_gain=5.0), 2) == []


@pytest.mark.parametrize("n", [1, 3])
def test_nothing_is_held_yet(n: int) -> None:
    empty = {"params": np.empty(0), "macs": np.empty(0)}
    assert rows(task(), n, empty)[0] == 2

"""Which candidates improve a front."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.evaluators import Costs, Evaluation
from archgraph.objectives import Constraint, Objective
from archgraph.predictors import XGBoostPredictor
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
    return most_improving(asked, FOUND, PROBE, held, n, np.random.default_rng(0)).tolist()


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


def test_larger_rounds_ask_for_the_ends_of_the_front_too() -> None:
    # rows 4 and 5 may have fewer parameters than all others, far beyond the MACs up to which volume counts
    values = {"params": [1.0, 2.0, 3.0, 4.0, 0.7, 0.6], "macs": [8.0, 6.0, 4.0, 2.0, 90.0, 90.0]}
    found = Evaluation(values, std={"params": [0.1] * 6})
    probe = Evaluation(dict(PROBE), std={"params": [0.1] * 50})

    def chosen(n: int, least: float, *constraints: Constraint) -> list[int]:
        held = {"params": np.array([least]), "macs": np.array([50.0])}
        return most_improving(task(constraints=constraints), found, probe, held, n, np.random.default_rng(0)).tolist()

    assert sorted(chosen(4, least=0.5)) == [0, 1, 2, 3]
    assert chosen(4, least=0.58) == [*chosen(3, least=0.58), 5]
    assert set(chosen(3, least=0.58)) < {0, 1, 2, 3}
    assert sorted(chosen(4, 0.58, Constraint("macs", "<=", 80.0))) == [0, 1, 2, 3]


def test_ends_take_half_of_a_round_at_most() -> None:
    goals = tuple(Objective(f"loss{k}", "min") for k in range(5))
    # four that are good at everything, and five that are better in one objective each
    values = np.vstack([np.full((4, 5), 1.0) + np.eye(4, 5), np.full((5, 5), 50.0) - 50 * np.eye(5)])
    found = Evaluation(dict(zip([goal.column for goal in goals], values.T, strict=True)))
    found.std |= {column: np.full(9, 0.01) for column in found}
    spread = np.random.default_rng(0).random((50, 5)) * 10
    probe = Evaluation(dict(zip(found, spread.T, strict=True)), std={column: np.full(50, 0.01) for column in found})
    asked = SearchTask(space("nb201"), goals, (), {column: XGBoostPredictor() for column in found})
    held = {column: np.array([9.0]) for column in found}
    rows = most_improving(asked, found, probe, held, 4, np.random.default_rng(0)).tolist()
    assert len(set(rows)) == 4
    assert set(rows[:2]) < {0, 1, 2, 3}
    assert set(rows[2:]) < {4, 5, 6, 7, 8}

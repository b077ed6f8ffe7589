"""How far and how much volume counts."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.objectives import Objective
from archgraph.search.counted import BEYOND, Counted

PROBE = Evaluation({"acc": np.linspace(50, 70, 21), "ms": np.linspace(1, 3, 21)})
GOALS = (Objective("acc", "max"), Objective("ms", "min"))


def minimised(*values: tuple[float, float]) -> np.ndarray:
    return np.array([(-acc, ms) for acc, ms in values]).reshape(-1, 2)


def test_volume_counts_from_the_best_to_what_most_beat() -> None:
    counted = Counted.of(GOALS, PROBE, minimised((80.0, 2.0), (60.0, 0.5)))
    found = counted.apply({"acc": np.array([80.0, 65.5, 51.0]), "ms": np.array([0.5, 1.7, 2.9])})
    assert found == pytest.approx(np.array([[0, 0], [0.5, 0.5], [1, 1]]))
    nothing_held = Counted.of(GOALS, PROBE, minimised())
    found = nothing_held.apply({"acc": np.array([70.0, 51.0]), "ms": np.array([1.0, 2.9])})
    assert found == pytest.approx(np.array([[0, 0], [1, 1]]))


def ends(*front: tuple[float, float]) -> tuple[float, float]:
    """Where volume ends."""
    acc, ms = Counted.of(GOALS, PROBE, minimised(*front)).bounds
    assert (str(acc.relation), str(ms.relation)) == (">=", "<=")
    return acc.limit, ms.limit


def test_it_counts_farther_as_far_as_a_front_is_worth_it() -> None:
    # up to (51, 2.9) counts in any case, which is 29 % and 2.4 ms from the best, or 19 % where 70 is the best
    assert ends((80, 2.0), (60, 0.5)) == pytest.approx((51, 2.9))
    # 10 of 29 % more for 3 of 2.4 ms
    assert ends((70, 2.0), (80, 5.9), (60, 0.5)) == pytest.approx((51, 5.9))
    # 1 of 29 % more for as much
    assert ends((79, 2.0), (80, 5.9), (60, 0.5)) == pytest.approx((51, 2.9))
    # 0.1 of 2.4 ms less for 41 of 19 %
    assert ends((70, 0.6), (10, 0.5)) == pytest.approx((51, 2.9))
    # nothing takes less than 2.9 ms that is known
    assert ends((60, 3.5)) == pytest.approx((51, 3.5))
    # what another beats does not count
    assert ends((70, 2.0), (69, 5.9), (60, 0.5)) == pytest.approx((51, 2.9))


def test_steps_beyond_are_worth_less() -> None:
    counted = Counted.of(GOALS, PROBE, minimised((70.0, 2.0), (80.0, 5.3), (60.0, 0.5)))
    ms = np.array([0.5, 1.7, 2.9, 4.1, 5.3])
    best, within, reference, beyond, end = counted.apply({"acc": np.full(5, 80.0), "ms": ms})[:, 1]
    assert (best, end) == pytest.approx((0, 1))
    assert reference - within == pytest.approx(within)
    assert end - beyond == pytest.approx(beyond - reference) == pytest.approx(within / BEYOND)


def test_where_random_ones_are_all_alike_volume_counts_to_the_worst() -> None:
    alike = Evaluation({"acc": np.full(5, 60.0), "ms": np.full(5, 2.0)})
    counted = Counted.of(GOALS, alike, minimised((60.0, 2.0), (40.0, 4.0)))
    found = counted.apply({"acc": np.array([60.0, 40.0]), "ms": np.array([2.0, 4.0])})
    assert found == pytest.approx(np.array([[0, 0], [1, 1]]))

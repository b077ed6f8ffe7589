import numpy as np
import pytest

from archgraph.objectives import hypervolume
from archgraph.search.selection import greedy_hypervolume, near_front

RNG = np.random.default_rng


def test_near_front_takes_whole_fronts_until_there_are_enough() -> None:
    points = np.array([[0.0, 3.0], [3.0, 0.0], [1.0, 4.0], [4.0, 1.0], [5.0, 5.0], [np.nan, 0.0]])
    assert sorted(near_front(points, 1, 9, RNG(0)).tolist()) == [0, 1]
    rows = near_front(points, 3, 9, RNG(0)).tolist()
    assert sorted(rows[:2]) == [0, 1]
    assert sorted(rows[2:]) == [2, 3]
    assert len(near_front(points, 3, 3, RNG(0))) == 3
    assert len(near_front(points, 99, 99, RNG(0))) == 5


def test_certain_candidates_are_taken_by_the_volume_that_they_add() -> None:
    # Alone they hold 0.36, 0.09, 0.09 and 0.35; behind the first, the last adds next to nothing.
    points = np.array([[0.4, 0.4], [0.1, 0.9], [0.9, 0.1], [0.41, 0.41]])
    order = greedy_hypervolume(points[None], 3, RNG(0), samples=20_000).rows
    assert order[0] == 0
    assert sorted(order[1:].tolist()) == [1, 2]


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_close_to_the_exact_greedy_choice(objectives: int) -> None:
    points = RNG(1).random((40, objectives))
    exact: list[int] = []
    for _ in range(5):
        gains = [hypervolume(points[[*exact, row]], np.ones(objectives)) for row in range(40)]
        exact.append(int(np.argmax(gains)))
    found = greedy_hypervolume(points[None], 5, RNG(0), samples=20_000).rows
    held = [hypervolume(points[rows], np.ones(objectives)) for rows in (found, np.array(exact))]
    assert held[0] > 0.99 * held[1]


def test_rows_and_gains_are_those_of_counting_point_by_point() -> None:
    rng = RNG(4)
    draws, held, seed = rng.random((5, 30, 3)), 0.3 + 0.7 * rng.random((40, 3)), 7
    found = greedy_hypervolume(draws, 6, RNG(seed), samples=100, held=held)
    low = draws.min(axis=1)
    points = low[:, None] + RNG(seed).random((5, 100, 3)) * (1 - low[:, None])
    left = ~(held[:, None, None] <= points).all(axis=3).any(axis=0)
    beaten = (draws[:, :, None] <= points[:, None]).all(axis=3)
    each = np.prod(1 - low, axis=1) / 100 / 5
    for row, gain in zip(found.rows, found.gains, strict=True):
        gains = np.array([((beaten[:, m] & left).sum(axis=1) * each).sum() for m in range(30)])
        assert gain == pytest.approx(gains.max())
        assert gains[row] == pytest.approx(gains.max())
        left &= ~beaten[:, row]


def test_doubt_asks_for_a_second_try_at_a_good_place() -> None:
    # Two twins that may each fail hold the middle; the third is certain, and holds a little elsewhere.
    certain = np.array([[0.3, 0.3], [0.3, 0.3], [0.05, 0.97]])
    doubtful = np.repeat(certain[None], 200, axis=0)
    fails = RNG(0).random((200, 2)) < 0.5
    doubtful[:, :2][fails] = np.inf
    assert greedy_hypervolume(certain[None], 2, RNG(1), samples=4000).rows[1] == 2
    assert sorted(greedy_hypervolume(doubtful, 2, RNG(1), samples=500).rows.tolist()) == [0, 1]


def test_never_more_than_there_are_and_none_twice() -> None:
    order = greedy_hypervolume(np.full((2, 3, 2), np.nan), 9, RNG(0)).rows
    assert sorted(order.tolist()) == [0, 1, 2]

import numpy as np
import pytest

from archgraph.objectives import layers, non_dominated


def by_definition(points: np.ndarray) -> list[bool]:
    return [
        not any((other <= point).all() and (other < point).any() for other in points if not np.isnan(other).any())
        and not np.isnan(point).any()
        for point in points
    ]


@pytest.mark.parametrize("objectives", [1, 2, 3, 5])
def test_matches_the_definition(objectives: int) -> None:
    rng = np.random.default_rng(objectives)
    for _ in range(30):
        # Few distinct values, so that ties in one objective, in all, and NaN are common.
        points = rng.integers(0, 6, size=(40, objectives)).astype(float)
        points[rng.random(points.shape) < 0.02] = np.nan
        assert non_dominated(points).tolist() == by_definition(points)


def test_equal_rows_stay_together() -> None:
    points = np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]])
    assert non_dominated(points).tolist() == [True, True, True, False]


def test_infinite_values_are_ordinary_bad_or_good_ones() -> None:
    points = np.array([[-np.inf, np.inf, 0.0], [0.0, 0.0, 0.0], [0.0, np.inf, 0.0]])
    assert non_dominated(points).tolist() == [True, True, False]


def test_nothing_in_nothing_out() -> None:
    assert non_dominated(np.empty((0, 2))).shape == (0,)
    assert non_dominated(np.full((2, 2), np.nan)).tolist() == [False, False]
    with pytest.raises(ValueError, match=r"points must have shape \(B, K\)"):
        non_dominated(np.zeros(3))


def test_layers_are_peeled_until_there_are_enough() -> None:
    points = np.array([[0.0, 3.0], [3.0, 0.0], [1.0, 3.0], [4.0, 4.0], [np.nan, 0.0], [3.0, 1.0]])
    assert layers(points, 1).tolist() == [0, 0, -1, -1, -1, -1]
    assert layers(points, 3).tolist() == [0, 0, 1, -1, -1, 1]
    assert layers(points, 99).tolist() == [0, 0, 1, 2, -1, 1]


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_layers_are_fronts_of_what_is_left(objectives: int) -> None:
    points = np.random.default_rng(objectives).integers(0, 8, size=(60, objectives)).astype(float)
    number, left = layers(points, 60), np.arange(60)
    for front in range(number.max() + 1):
        best = non_dominated(points[left])
        assert (number[left[best]] == front).all()
        left = left[~best]
    assert not len(left)

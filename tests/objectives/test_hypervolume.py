import numpy as np
import pytest
from pymoo.indicators.hv import HV

from archgraph.objectives import hypervolume, hypervolume_gains, relative_hypervolume


def test_by_hand() -> None:
    # Two boxes of 1 x 0.5 and 0.5 x 1 that share 0.5 x 0.5.
    front = [[0.0, 0.5], [0.5, 0.0]]
    assert hypervolume(front, [1.0, 1.0]) == 0.75
    assert hypervolume([*front, [0.5, 0.5], [0.6, 0.7], [np.nan, 0.0]], [1.0, 1.0]) == 0.75
    assert hypervolume([[3.0], [2.0]], [5.0]) == 3.0
    assert hypervolume([[0.0, 0.0, 0.0]], [2.0, 3.0, 4.0]) == 24.0


def test_what_is_not_better_than_the_reference_holds_nothing() -> None:
    assert hypervolume([[1.0, 0.0], [0.0, 2.0]], [1.0, 1.0]) == 0.0
    assert hypervolume(np.empty((0, 2)), [1.0, 1.0]) == 0.0


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_agrees_with_pymoo(objectives: int) -> None:
    rng = np.random.default_rng(objectives)
    for _ in range(20):
        points = rng.random((30, objectives)).round(1)
        reference = np.full(objectives, 0.85)
        assert hypervolume(points, reference) == pytest.approx(HV(ref_point=reference)(points), abs=1e-12)


def test_relative_to_a_fixed_front() -> None:
    front = [[0.0, 0.5], [0.5, 0.0]]
    assert relative_hypervolume([[0.5, 0.0]], front, [1.0, 1.0]) == pytest.approx(0.5 / 0.75)
    with pytest.raises(ValueError, match="none of it beats the reference"):
        relative_hypervolume(front, [[2.0, 2.0]], [1.0, 1.0])


def test_gains_add_up() -> None:
    points = [[0.5, 0.5], [0.0, 0.5], [0.6, 0.6], [0.5, 0.0]]
    assert hypervolume_gains(points, [1.0, 1.0]).tolist() == [0.25, 0.25, 0.0, 0.25]


@pytest.mark.parametrize(("points", "reference"), [([[1.0, 2.0]], [1.0]), ([1.0], [1.0]), ([[1.0]], [np.nan])])
def test_shapes_that_do_not_fit(points: list[float], reference: list[float]) -> None:
    with pytest.raises(ValueError, match="reference"):
        hypervolume(points, reference)

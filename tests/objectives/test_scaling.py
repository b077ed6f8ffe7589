import numpy as np
import pytest

from archgraph.objectives import Objective, Scaling

OBJECTIVES = (Objective("acc", "max"), Objective("ms", "min"))


def test_from_the_best_value_to_the_95th_percentile() -> None:
    # 21 evenly spaced values: the 95th percentile is the 20th, beaten by all but the worst.
    table = {"acc": np.arange(21.0), "ms": 10 * np.arange(21.0)}
    scaling = Scaling.of(table, OBJECTIVES)
    assert scaling.best.tolist() == [-20.0, 0.0]
    assert scaling.reference.tolist() == [-1.0, 190.0]
    scaled = scaling.apply({"acc": np.array([20.0, 1.0]), "ms": np.array([0.0, 190.0])})
    assert scaled.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert scaling.corner.tolist() == [1.0, 1.0]


def test_bounded_by_the_reference_point() -> None:
    scaling = Scaling.of({"acc": np.arange(21.0), "ms": 10 * np.arange(21.0)}, OBJECTIVES)
    assert [str(objective) for objective in scaling.bounded] == ["acc:max:>=1.0", "ms:min:<=190.0"]


def test_up_to_the_worst_that_is_accepted() -> None:
    scaling = Scaling.of({"acc": np.arange(21.0), "ms": 10 * np.arange(21.0)}, OBJECTIVES)
    worst = np.array([0.0, 200.0])
    assert scaling.up_to(np.array([-5.0, 195.0]), worst).reference.tolist() == [-5.0, 195.0]
    # no bound, and one beyond all that there is
    assert scaling.up_to(np.array([np.inf, 1e9]), worst).reference.tolist() == [-1.0, 200.0]
    # nothing is as good
    assert scaling.up_to(np.array([-30.0, 0.0]), worst).reference.tolist() == [-1.0, 190.0]


def test_incomplete_rows_are_left_out() -> None:
    table = {"acc": np.array([0.0, 1.0, 99.0]), "ms": np.array([1.0, 0.0, np.nan])}
    assert Scaling.of(table, OBJECTIVES, percentile=100).best.tolist() == [-1.0, 0.0]


@pytest.mark.parametrize(
    ("acc", "message"),
    [
        ([1.0, 1.0], r"'acc' must vary to be scaled, but is 1\.0 up to 95 %"),
        ([np.nan, np.nan], "every objective is finite"),
    ],
)
def test_what_cannot_be_scaled(acc: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scaling.of({"acc": np.array(acc), "ms": np.array([1.0, 2.0])}, OBJECTIVES)

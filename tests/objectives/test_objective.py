import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective, all_constraints, minimised, wanted_columns, worst_accepted
from archgraph.registry import UnknownNameError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("val_acc:max", Objective("val_acc", "max")),
        ("latency_ms:min:<=4.5", Objective("latency_ms", "min", 4.5)),
        ("val_acc:max:>=90", Objective("val_acc", "max", 90.0)),
    ],
)
def test_parse(text: str, expected: Objective) -> None:
    assert Objective.parse(text) == expected
    assert Objective.parse(str(expected)) == expected


@pytest.mark.parametrize("text", ["val_acc", "val_acc:maximum", ":max", "", "val_acc:max:90", "val_acc:max:>=high"])
def test_what_is_no_objective(text: str) -> None:
    with pytest.raises(ValueError, match="write COLUMN"):
        Objective.parse(text)


def test_a_bound_on_the_better_side_is_refused() -> None:
    with pytest.raises(ValueError, match="bounds the better side; give latency_ms>=1.0 as a constraint instead"):
        Objective.parse("latency_ms:min:>=1")


def test_bounds_are_constraints() -> None:
    objectives = [Objective("acc", "max", 0.9), Objective("ms", "min", 4.0), Objective("size", "min")]
    extra = Constraint("ms", ">=", 1.0)
    assert all_constraints(objectives, [extra]) == (Constraint("acc", ">=", 0.9), Constraint("ms", "<=", 4.0), extra)
    assert wanted_columns(objectives, [extra, Constraint("params", "<=", 9.0)]) == ("acc", "ms", "size", "params")


def test_the_tightest_bound_on_the_worse_side_is_the_worst_that_is_accepted() -> None:
    goals = [Objective("acc", "max", 0.5), Objective("ms", "min"), Objective("size", "min")]
    extra = [Constraint("acc", ">=", 0.8), Constraint("acc", "<=", 0.9), Constraint("ms", "<=", 4.0)]
    accepted = worst_accepted(goals, all_constraints(goals, extra))
    assert accepted.tolist() == [-0.8, 4.0, np.inf]


def test_minimised_negates_what_is_to_grow() -> None:
    values = {"acc": np.array([0.8, 0.9]), "ms": np.array([1.0, 2.0])}
    turned = minimised(values, [Objective("acc", "max"), Objective("ms", "min")])
    assert turned.tolist() == [[-0.8, 1.0], [-0.9, 2.0]]
    with pytest.raises(UnknownNameError, match="Unknown column 'latency'"):
        minimised(values, [Objective("latency", "min")])


@pytest.mark.parametrize(("column", "goal", "bound"), [("", "max", None), ("x", "up", None), ("x", "min", np.nan)])
def test_nonsense_is_refused(column: str, goal: str, bound: float | None) -> None:
    with pytest.raises(ValueError, match=r"must be|needs"):
        Objective(column, goal, bound)  # type: ignore[arg-type]  # the wrong goal is what is tested

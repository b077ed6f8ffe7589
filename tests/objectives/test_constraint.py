import numpy as np
import pytest

from archgraph.objectives import Constraint, check_together, closest_miss, feasible, violation
from archgraph.registry import UnknownNameError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("params<=50000", Constraint("params", "<=", 50000.0)),
        ("val_acc >= 0.9", Constraint("val_acc", ">=", 0.9)),
        ("latency_ms:<=1e-3", Constraint("latency_ms", "<=", 0.001)),
    ],
)
def test_parse(text: str, expected: Constraint) -> None:
    assert Constraint.parse(text) == expected
    assert Constraint.parse(str(expected)) == expected


@pytest.mark.parametrize("text", ["params", "params<5", "<=5", "params<=many", "params<=nan", "params<=inf", "a b<=5"])
def test_what_is_no_constraint(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no constraint; write COLUMN<=NUMBER"):
        Constraint.parse(text)


def test_violation_is_relative_to_the_limit() -> None:
    values = np.array([3.0, 4.0, 5.0, np.nan])
    assert Constraint("x", "<=", 4.0).violation(values).tolist() == [0.0, 0.0, 0.25, np.inf]
    assert Constraint("x", ">=", 4.0).violation(values).tolist() == [0.25, 0.0, 0.0, np.inf]
    assert Constraint("x", "<=", 0.0).violation(values)[:2].tolist() == [3.0, 4.0]


def test_violations_add_up() -> None:
    values = {"x": np.array([1.0, 5.0, 5.0]), "y": np.array([2.0, 2.0, 1.0])}
    constraints = [Constraint("x", "<=", 4.0), Constraint("y", ">=", 2.0)]
    assert violation(values, constraints).tolist() == [0.0, 0.25, 0.75]
    assert feasible(values, constraints).tolist() == [True, False, False]
    assert feasible(values, []).tolist() == [True, True, True]


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'latency_ms'"):
        feasible({"latency_ms": np.zeros(2)}, [Constraint("latency", "<=", 1.0)])


def test_bounds_that_leave_nothing() -> None:
    bounds = [Constraint("x", ">=", 1.0), Constraint("x", "<=", 4.0), Constraint("y", "<=", 0.0)]
    check_together(bounds)
    check_together([*bounds, Constraint("x", ">=", 4.0)])
    with pytest.raises(ValueError, match=r"constraints x>=4\.5 and x<=4\.0 leave no value of 'x'; loosen one of them"):
        check_together([Constraint("x", ">=", 4.5), *bounds])


def test_the_closest_of_those_that_keep_not_all() -> None:
    values = {"x": np.array([9.0, 5.0, np.nan]), "y": np.array([2.0, 1.5, 2.0])}
    constraints = [Constraint("x", "<=", 4.0), Constraint("y", ">=", 2.0)]
    assert closest_miss(values, constraints) == "x<=4.0, y>=2.0; the closest has x=5, y=1.5"
    assert closest_miss(values, constraints[1:]) is None
    assert closest_miss(values, []) is None

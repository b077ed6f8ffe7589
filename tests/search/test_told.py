import json

import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search import Told
from archgraph.search.told import ranks
from archgraph.spaces import space

GOALS = (Objective("acc", "max"), Objective("ms", "min"))
BOUNDS = (Constraint("params", "<=", 10.0),)


def told() -> Told:
    values = {"acc": [1.0, 2.0, np.nan], "ms": [5.0, 6.0, 7.0], "params": [10.0, 15.0, 5.0], "other": [0.0, 0.0, 0.0]}
    return Told.of(np.arange(18).reshape(3, 6) % 5, {k: np.array(v) for k, v in values.items()}, GOALS, BOUNDS)


def test_values_are_seen_by_objectives_and_constraints() -> None:
    found = told()
    assert len(found) == 3
    assert list(found.values) == ["acc", "ms", "params"]
    assert found.points[:2].tolist() == [[-1, 5], [-2, 6]]
    assert found.violations.tolist() == [0, 0.5, 0]
    assert found.answered.tolist() == [True, True, False]
    assert found.take(np.array([1])).joined(found).values["params"].tolist() == [15, 10, 15, 5]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown column 'ms'"):
        Told.of(np.zeros((1, 6), int), {"acc": np.zeros(1)}, GOALS, ())
    with pytest.raises(ValueError, match="values must have 2 rows, one for each genotype, but have 1"):
        Told.of(np.zeros((2, 6), int), {"acc": np.zeros(1), "ms": np.zeros(1)}, GOALS, ())


def test_goes_to_json_and_back() -> None:
    nothing = Told.nothing(space("nb201"), GOALS, BOUNDS)
    for kept in (told(), nothing):
        text = json.dumps(kept.state(), allow_nan=False)
        back = nothing.restored(json.loads(text), GOALS, BOUNDS)
        assert back.genotypes.shape == (len(kept), 6)
        assert back.genotypes.tolist() == kept.genotypes.tolist()
        np.testing.assert_equal(back.points, kept.points)
        np.testing.assert_equal(back.violations, kept.violations)


def test_ranks_fronts_then_violations_then_failures() -> None:
    points = np.array([[2.0, 2], [1, 3], [3, 3], [0, 0], [0, 0], [0, 0], [np.nan, 0], [1, 3]])
    violations = np.array([0, 0, 0, 0.2, 0.1, np.inf, 0, 0])
    assert ranks(points, violations).tolist() == [0, 0, 1, 3, 2, 4, 4, 0]
    assert ranks(points, violations, at_least=1).tolist() == [0, 0, 1, 3, 2, 4, 4, 0]
    assert ranks(points[:, 1:], violations).tolist() == [1, 2, 2, 4, 3, 5, 0, 2]


def test_ranks_without_anything_feasible_or_at_all() -> None:
    assert ranks(np.zeros((2, 2)), np.array([3.0, 1.0])).tolist() == [1, 0]
    assert ranks(np.full((2, 2), np.nan), np.zeros(2)).tolist() == [0, 0]
    assert ranks(np.empty((0, 2)), np.empty(0)).tolist() == []


def test_fronts_are_told_apart_as_far_as_asked() -> None:
    points = np.stack([np.arange(6.0), np.arange(6.0)], axis=1)
    assert ranks(points, np.zeros(6), at_least=2).tolist() == [0, 1, 2, 2, 2, 2]

"""Functions of the user's as evaluators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Called
from archgraph.spaces import space

CELLS = space("nb201")
ROWS = CELLS.canonical([[3, 3, 3, 3, 3, 3], [3, 1, 1, 3, 1, 1]])


def test_it_is_asked_about_configurations() -> None:
    def count(config: dict[str, Any]) -> dict[str, float]:
        return {"threes": float(list(CELLS.from_config(config)).count(3)), "more": 1}

    found = Called(CELLS, ["threes"], count)
    assert found.name == "count"
    assert {name: values.tolist() for name, values in found.evaluate(ROWS).items()} == {"threes": [6.0, 2.0]}


def test_one_column_may_be_one_number() -> None:
    found = Called(CELLS, ["acc"], lambda config: np.float32(0.5), name="half").evaluate(ROWS)
    assert found["acc"].tolist() == [0.5, 0.5]
    assert found.reasons == {}


def _fails(config: dict[str, Any]) -> float:
    raise RuntimeError("no memory\nat all")


@pytest.mark.parametrize(
    ("columns", "function", "reason"),
    [
        (["acc"], _fails, "RuntimeError: no memory"),
        (["acc"], lambda config: float("nan"), "acc is nan"),
        (["acc"], lambda config: {"ac": 1}, "ValueError: <lambda> answered ac, but not 'acc'"),
        (["acc", "ms"], lambda config: 1.0, "ValueError: <lambda> answered no columns, but not 'acc'"),
        (["acc"], lambda config: "high", "ValueError: <lambda> answered 'high' as 'acc'; let that be a number"),
        (["acc"], lambda config: True, "ValueError: <lambda> answered True as 'acc'"),
        (["acc"], lambda config: [1.0], r"ValueError: <lambda> answered [1.0] as 'acc'"),
    ],
)
def test_what_fails_has_a_reason(columns: list[str], function: Any, reason: str) -> None:
    found = Called(CELLS, columns, function).evaluate(ROWS)
    assert np.isnan(found["acc"]).all()
    assert found.reasons[1].startswith(reason)


def test_mistakes_end_the_search() -> None:
    with pytest.raises(TypeError):
        Called(CELLS, ["acc"], lambda config: config + 1).evaluate(ROWS)


@pytest.mark.parametrize("columns", ["acc", [], ["acc", "acc"]])
def test_columns_are_names(columns: Any) -> None:
    with pytest.raises(ValueError, match="columns must be names, at least one and none twice"):
        Called(CELLS, columns, lambda config: 1.0)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archgraph.latency import Protocol


def test_it_says_what_decides_the_times_and_not_the_order() -> None:
    text = Protocol(precision_goal=0.03, rounds=7).describe()
    assert "until known to 3.0% at 95% confidence or 7 rounds" in text
    assert Protocol(seed=1).describe() == Protocol(seed=2).describe()
    assert "each the fastest of 9 runs after 1" in text
    assert "each the median of 9 runs" in Protocol(quantile=0.5).describe()
    assert "each quantile 0.25 of 9 runs" in Protocol(quantile=0.25).describe()
    assert "no warm-up" in replace(Protocol(), warm_up=0).describe()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rounds": 0}, "rounds must be a whole number at least 1, but is 0"),
        ({"repeats": 1.5}, "repeats must be a whole number at least 1, but is 1.5"),
        ({"settle": -1}, "settle must be a whole number at least 0, but is -1"),
        ({"warm_up": "two"}, "warm_up must be a whole number at least 0, but is 'two'"),
        ({"precision_goal": -0.1}, "precision_goal must be a number of at least 0, but is -0.1"),
        ({"seconds": float("inf")}, "seconds must be a number of at least 0, but is inf"),
        ({"confidence": 1}, "confidence must be between 0 and 1, but is 1"),
        ({"quantile": 1.5}, r"quantile must be in 0..1, but is 1.5"),
        ({"seed": -1}, "seed must be a whole number in 0..4294967295, but is -1"),
    ],
)
def test_bad_values(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Protocol(**arguments)

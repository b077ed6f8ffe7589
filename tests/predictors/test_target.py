"""The scale of targets: there and back, symmetric, bounded."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from archgraph.predictors.target import LogScale, TargetScale, scale_of


def _latencies(seed: int = 0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(size=200))


@pytest.mark.parametrize("unit", [1e-6, 1, 1e6])
@pytest.mark.parametrize("sign", [1, -1])
def test_there_and_back(unit: float, sign: int) -> None:
    y = sign * unit * _latencies()
    scale = TargetScale.learn(y)
    z = scale.scale(y)
    assert z.mean() == pytest.approx(0, abs=1e-9)
    assert z.std() == pytest.approx(1)
    assert scale.unscale(z) == pytest.approx(y)
    assert np.all(np.diff(scale.unscale(np.linspace(-9, 9, 500))) > 0)


def test_long_tails_are_drawn_in() -> None:
    for y in (_latencies(), -_latencies()):
        assert abs(stats.skew(y)) > 1.5
        assert abs(stats.skew(TargetScale.learn(y).scale(y))) < 0.3


def test_the_transform_by_hand() -> None:
    # exponent 0 is log(1 + x) above 0 and -((1 - x)^2 - 1) / 2 below; exponent 1 changes nothing
    scale = TargetScale(0, 1, 0, 0, 1, -4, 2)
    assert scale.scale(np.array([np.e - 1, -2.0])) == pytest.approx([1, -4])
    assert TargetScale(10, 2, 1, 0, 1, -1, 1).scale(np.array([12.0, 8])) == pytest.approx([1, -1])


def test_outside_the_training_range_is_a_straight_line() -> None:
    scale = TargetScale.learn(_latencies())
    low, high = scale.unscale(np.array([scale.low, scale.high]))
    slope = (high - low) / (scale.high - scale.low)
    assert scale.unscale(np.array([scale.high + 2, scale.low - 1])) == pytest.approx([high + 2 * slope, low - slope])


def test_deviations() -> None:
    # where nothing is transformed, deviations are multiplied by the targets' own
    scale = TargetScale(10, 2, 1, 0, 1, -3, 3)
    assert scale.unscale_std(np.zeros(2), np.array([0.5, 1])) == pytest.approx([1, 2])


def test_constant_targets() -> None:
    scale = TargetScale.learn(np.full(9, 5.0))
    assert scale.scale(np.full(9, 5.0)).tolist() == [0] * 9
    assert scale.unscale(np.zeros(1)) == pytest.approx([5])


def test_state_survives_json() -> None:
    scale = TargetScale.learn(_latencies())
    assert TargetScale(**json.loads(json.dumps(scale.state()))) == scale


def test_logarithms() -> None:
    scale = LogScale.learn(np.array([1.0, 4.0]))
    assert scale.scale(np.array([2.0, 2 * np.e])) == pytest.approx([0, 1])
    assert scale.unscale(np.array([0.0, np.log(2)])) == pytest.approx([2, 4])
    # half of what lies between 2 / e and 2 e
    assert scale.unscale_std(np.zeros(1), np.ones(1)) == pytest.approx([np.e - 1 / np.e])
    with pytest.raises(ValueError, match=r"y must be above 0, .*, but y\[1\] is 0"):
        LogScale.learn(np.array([1.0, 0.0]))


@pytest.mark.parametrize("kind", [LogScale, TargetScale])
def test_states_of_both_kinds(kind: type[LogScale] | type[TargetScale]) -> None:
    scale = kind.learn(_latencies())
    assert scale_of(json.loads(json.dumps(scale.state()))) == scale

"""Times of operators that were not measured, on devices whose times follow rules."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.latency.interpolation import LEAST, Interpolation
from archgraph.latency.operator_work import operator_work
from archgraph.typing import FloatArray
from tests.devices import price

SHAPES = [(c, d, k, s) for c in (8, 12, 16, 24, 32) for d in (16, 48) for k in (1, 3, 5) for s in (8, 16, 28)]
CONVS = [
    f"input c_out={c},height={s},width={s} > conv kernel={k},c_out={d} > batch_norm > relu" for c, d, k, s in SHAPES
]
DEPTHWISE = [
    f"input c_out={c},height={s},width={s} > conv kernel={k},groups={c} > batch_norm > relu"
    for c, _, k, s in SHAPES[::2]
]
POOLS = [f"input c_out={c},height={s},width={s} > max_pool kernel={k}" for c, _, k, s in SHAPES[::3]]


def prices(texts: list[str]) -> FloatArray:
    return np.array([price(row) for row in operator_work(texts).amounts])


def crooked(texts: list[str]) -> FloatArray:
    """Depthwise convolutions are five times as slow, large kernels efficient, many channels too."""
    work = operator_work(texts)
    kernel, channels = work.shapes[:, 0], work.shapes[:, 4]
    slower = np.array([5.0 if first == "depthwise_conv" else 1.0 for first in work.firsts])
    return prices(texts) * slower * (1 + 0.5 / (1 + kernel)) * (1 + 2 / channels)


def error(told: FloatArray, true: FloatArray) -> FloatArray:
    return np.abs(told / true - 1)


def test_times_that_follow_from_work_are_exact_for_kinds_never_seen_too() -> None:
    learned = Interpolation(CONVS, prices(CONVS))
    assert error(learned(POOLS), prices(POOLS)).max() < 1e-6
    assert error(learned(DEPTHWISE), prices(DEPTHWISE)).max() < 1e-6
    assert learned.error < 1e-6


def test_other_times_are_near_and_the_error_is_told() -> None:
    texts = CONVS + DEPTHWISE
    known = np.random.default_rng(0).random(len(texts)) > 0.3
    measured = [text for text, is_known in zip(texts, known, strict=True) if is_known]
    others = [text for text, is_known in zip(texts, known, strict=True) if not is_known]
    learned = Interpolation(measured, crooked(measured))
    far = error(learned(others), crooked(others))
    assert np.median(far) < 0.03
    assert far.max() < 0.3
    assert learned.error < 0.05
    assert error(learned.held_out, crooked(measured)).mean() > np.median(far) / 3
    assert np.median(error(learned(measured), crooked(measured))) < 0.03


def test_of_a_kind_never_seen_the_order_of_magnitude_is_right() -> None:
    learned = Interpolation(CONVS + POOLS, crooked(CONVS + POOLS))
    told = learned(DEPTHWISE) / prices(DEPTHWISE)
    assert 0.3 < told.min() < told.max() < 4


def test_few_operators_do_too_but_tell_no_error() -> None:
    one = Interpolation(CONVS[:1], np.array([2.0]))
    assert one(CONVS[:1]) == pytest.approx([2.0], rel=0.01)
    assert (one(CONVS + POOLS) > 0).all()
    assert np.isnan(one.error)
    assert np.isnan(Interpolation(CONVS[: LEAST - 1], prices(CONVS[: LEAST - 1])).error)
    assert one([]).shape == (0,)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="milliseconds must be above 0, at least one, but there is none"):
        Interpolation([], np.array([]))
    with pytest.raises(ValueError, match="but the least is 0; measure operators first"):
        Interpolation(CONVS[:2], np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match="milliseconds must have"):
        Interpolation(CONVS[:2], np.array([1.0]))
    with pytest.raises(ValueError, match="'nonsense' is no operator"):
        Interpolation(CONVS[:2], np.array([1.0, 2.0]))(["nonsense"])

"""Errors, worked out by hand."""

from __future__ import annotations

import math

import pytest

from archgraph.metrics import mape, pearson, rmse, within


def test_pearson() -> None:
    # deviations -1 0 1 and -2 1 1: 3 / sqrt(2 * 6)
    assert pearson([1, 2, 3], [0, 3, 3]) == pytest.approx(3 / math.sqrt(12))
    assert math.isnan(pearson([1, 1], [1, 2]))


def test_rmse() -> None:
    assert rmse([1, 2, 3], [1, 4, 7]) == pytest.approx(math.sqrt(20 / 3))


def test_relative_errors() -> None:
    # 10 %, 25 % and 5 % off
    assert mape([11, 15, 95], [10, 20, 100]) == pytest.approx(0.4 / 3)
    assert within([11, 15, 95], [10, 20, 100]) == pytest.approx(2 / 3)
    assert within([11, 15, 95], [10, 20, 100], tolerance=0.07) == pytest.approx(1 / 3)


def test_no_relative_error_of_zero() -> None:
    with pytest.raises(ValueError, match="measured must not be 0 for a relative error, but row 1 is"):
        mape([1, 2], [1, 0])

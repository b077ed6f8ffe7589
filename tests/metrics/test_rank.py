"""Rank correlations, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from archgraph.metrics import kendall_tau, spearman


def test_tau_counts_pairs() -> None:
    # of the 6 pairs of 1 2 3 4 against 1 3 2 4 one is apart
    assert kendall_tau([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(4 / 6)
    assert kendall_tau([3, 2, 1], [10, 20, 30]) == -1


def test_ties_shrink_the_denominator() -> None:
    # 1 1 2 against 1 2 3: two pairs alike, one tied on one side: 2 / sqrt(2 * 3)
    assert kendall_tau([1, 1, 2], [1, 2, 3]) == pytest.approx(2 / math.sqrt(6))


def test_spearman_by_hand() -> None:
    # squared rank differences 0 1 1 0: 1 - 6 * 2 / (4 * 15)
    assert spearman([1, 2, 3, 4], [1, 30, 20, 40]) == pytest.approx(0.8)


@pytest.mark.parametrize("metric", [kendall_tau, spearman])
def test_constant_arrays_have_no_correlation(metric) -> None:  # type: ignore[no-untyped-def]  # either metric
    assert math.isnan(metric([1, 1, 1], [1, 2, 3]))
    assert math.isnan(metric([1, 2, 3], [5, 5, 5]))


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="predicted must have 3 values, but has 2"):
        kendall_tau([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="measured must have at least 2 values, but has 1"):
        kendall_tau([1], [1])
    with pytest.raises(ValueError, match="predicted must be finite, but row 1 is nan"):
        spearman([1, math.nan], [1, 2])


def test_spearman_with_ties_against_scipy() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, 6, 60), rng.integers(0, 6, 60)
    assert spearman(one, two) == pytest.approx(stats.spearmanr(one, two).statistic)

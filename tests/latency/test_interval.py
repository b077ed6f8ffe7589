"""Confidence intervals of medians."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.latency.interval import half_width


def test_ranks_are_those_of_the_tables() -> None:
    # Published tables of the sign interval give the 1st and 6th of 6 samples, the 2nd and 9th of 10, the 6th and 15th
    # of 20 at 95 %.
    for count, low, high in ((6, 1, 6), (10, 2, 9), (20, 6, 15)):
        assert half_width([float(value) for value in range(count)], 0.95) == (high - low) / 2


def test_too_few_samples_have_no_interval() -> None:
    assert np.isnan(half_width([1.0] * 5))
    assert np.isnan(half_width([]))
    assert half_width([1.0] * 6) == 0


def test_the_order_does_not_matter() -> None:
    samples = np.random.default_rng(0).exponential(size=30)
    assert half_width(samples.tolist()) == half_width(sorted(samples.tolist()))


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_it_holds_the_median_as_often_as_stated_of_a_skewed_distribution(confidence: float) -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        samples = np.sort(rng.lognormal(0, 1, 15))
        rank = next(
            k for k in range(1, 9) if samples[-k] - samples[k - 1] == 2 * half_width(samples.tolist(), confidence)
        )
        held += bool(samples[rank - 1] <= 1 <= samples[-rank])
    assert held / 2000 >= confidence - 0.01

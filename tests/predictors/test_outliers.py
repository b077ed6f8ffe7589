"""Measurements that stray."""

from __future__ import annotations

import numpy as np

from archgraph.predictors.outliers import BELIEVED, NORMAL, calmed


def test_what_strays_comes_nearer_and_the_others_stay() -> None:
    expected = np.linspace(0, 3, 9)
    left = np.array([-0.2, -0.1, -0.1, 0.0, 0.0, 0.1, 0.1, 0.2, 5.0])
    found = calmed(expected + left, expected) - expected
    # the median is 0, that of the deviations from it .1
    assert np.allclose(found[:-1], left[:-1])
    assert np.isclose(found[-1], BELIEVED * NORMAL * 0.1)


def test_a_shift_of_all_is_kept() -> None:
    rng = np.random.default_rng(0)
    z, expected = rng.standard_normal((2, 50))
    assert np.allclose(calmed(z + 3, expected), calmed(z, expected) + 3)

"""What repeats tell of single measurements."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.metrics import within, within_of_repeats


@pytest.mark.parametrize(("small", "large", "often"), [(0.02, 0.02, 0.0), (0.08, 0.08, 0.0), (0.01, 0.5, 0.1)])
def test_errors_of_one_size_and_of_two(small: float, large: float, often: float) -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(1, 50, size=1500)
    sizes = np.where(rng.random((2, 1500)) < often, large, small)
    one, other = truth * np.exp(rng.normal(scale=sizes))
    share = within(np.tile(truth, 2), np.concatenate([one, other]))
    assert within_of_repeats(one, other) == pytest.approx(share, abs=0.025)
    assert within_of_repeats(one, other, 2.0) >= within_of_repeats(one, other, 0.5) >= share
    if often:
        # what it would be taken for if all errors were of one size
        assert np.mean(np.abs(np.log(one / other)) <= np.sqrt(2) * np.log(1.1)) < share - 0.05


def test_the_same_twice_is_the_truth() -> None:
    assert within_of_repeats([1, 2, 3], [1, 2, 3]) == pytest.approx(1)
    assert within_of_repeats([1, 2, 3], [2, 1, 9]) < 0.5


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="tolerance must be above 0, but is 0"):
        within_of_repeats([1, 2], [1, 2], tolerance=0)
    with pytest.raises(ValueError, match="first must hold measurements above 0, but one is -2"):
        within_of_repeats([1, -2], [1, 2])
    with pytest.raises(ValueError, match="first must hold measurements above 0, but there is none"):
        within_of_repeats([], [])
    with pytest.raises(ValueError, match="second"):
        within_of_repeats([1, 2], [1, 2, 3])

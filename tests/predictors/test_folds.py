"""Parts of the training rows."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.predictors.folds import fold_numbers


def test_sizes_differ_by_one_at_most() -> None:
    folds = fold_numbers(11, 4, np.random.default_rng(0))
    assert sorted(np.bincount(folds)) == [2, 3, 3, 3]


def test_no_more_folds_than_rows() -> None:
    assert sorted(fold_numbers(3, 10, np.random.default_rng(0))) == [0, 1, 2]


def test_seeds() -> None:
    one, two, other = (fold_numbers(50, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_one_fold_holds_everything_out() -> None:
    with pytest.raises(ValueError, match="folds must be at least 2, but is 1"):
        fold_numbers(5, 1, np.random.default_rng(0))

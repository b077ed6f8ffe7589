"""The checks that metrics share."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.metrics.pair import is_constant, paired


def test_pairs_become_vectors_of_one_length() -> None:
    one, two = paired([1, 2], (3, 4))
    assert one.tolist() == [1, 2]
    assert two.dtype == np.float64
    with pytest.raises(ValueError, match="measured must have at least 2 values, but has 1"):
        paired([1], [1])


def test_constant() -> None:
    assert is_constant(np.array([3.0, 3.0]))
    assert not is_constant(np.array([1.0, 2.0]))

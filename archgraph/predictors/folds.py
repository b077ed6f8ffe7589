"""Splitting training rows into parts to hold out."""

from __future__ import annotations

import numpy as np

from archgraph.typing import IntArray


def fold_numbers(n: int, folds: int, rng: np.random.Generator) -> IntArray:
    """``(n,)`` a random fold 0..folds-1 for each row, sizes equal up to 1; no more folds than rows.

    Raises:
        ValueError: There are fewer than 2 folds.
    """
    if folds < 2:
        raise ValueError(f"folds must be at least 2, but is {folds}")
    numbers: IntArray = rng.permutation(np.arange(n) % min(folds, n))
    return numbers

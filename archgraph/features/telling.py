"""Which architectures to measure first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph import _check
from archgraph.typing import FloatArray, IntArray

DOUBT = 1e-3
"""Share of the variance that measuring an architecture itself leaves open."""


def telling_rows(vectors: FloatArray, n: int, known: Sequence[int] = ()) -> IntArray:
    """``(n,)`` rows that together leave the least to guess about the others, the most telling one first.

    If what is to be measured is a linear function of the vectors, each row is the one of which those known and those
    before it tell least (greedily D-optimal, a pivoted Cholesky decomposition). Where none is known, the first is the
    one farthest from the mean.

    Args:
        vectors: ``(B, D)``, of any scales; columns count alike.
        n: At most B, less the known ones.
        known: Rows that were measured already, none twice.

    Raises:
        ValueError: ``n`` is below 1 or too large.

    Source:
        Kiefer and Wolfowitz, "The equivalence of two extremum problems", Canadian Journal of Mathematics 12, 1960; the
        greedy choice after Harbrecht, Peters and Schneider, "On the low-rank approximation by the pivoted Cholesky
        decomposition", Applied Numerical Mathematics 62(4), 2012.
    """
    free = len(vectors) - len(known)
    if not 1 <= _check.positive_int("n", n) <= free:
        raise ValueError(f"n must be at most the {free} architectures to choose from, but is {n}")
    centred = vectors - vectors.mean(axis=0)
    scale = centred.std(axis=0)
    x = np.column_stack([centred / np.where(scale > 0, scale, 1), np.ones(len(vectors))])
    left = (x**2).sum(axis=1)
    doubt = DOUBT * left.mean()
    told = np.empty((0, len(x)))
    rows = list(known)
    for number in range(len(known) + n):
        if number == len(rows):
            rows.append(int(np.argmax(np.where(np.isin(np.arange(len(x)), rows), -np.inf, left))))
        row = rows[number]
        column = (x @ x[row] - told.T @ told[:, row]) / np.sqrt(left[row] + doubt)
        told = np.vstack([told, column])
        left = left - column**2
    return np.array(rows[len(known) :])

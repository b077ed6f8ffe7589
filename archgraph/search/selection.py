"""Choosing the few that are worth verifying."""

from __future__ import annotations

import numpy as np

from archgraph import _check
from archgraph.objectives import layers
from archgraph.typing import BoolArray, FloatArray, IntArray


def near_front(points: FloatArray, at_least: int, at_most: int, rng: np.random.Generator) -> IntArray:
    """Rows on the first fronts of ``points``, peeled until there are enough.

    Args:
        points: ``(B, K)``, smaller is better.
        at_least: Fronts are peeled until so many rows are on them.
        at_most: So many are drawn from the last front, and those behind it never, if there are more.
        rng: For that draw.

    Returns:
        ``(M,)`` row numbers, best front first.
    """
    front = layers(points, at_least)
    rows = np.flatnonzero(front >= 0)
    shuffled = rows[rng.permutation(len(rows))]
    return shuffled[np.argsort(front[shuffled], kind="stable")][:at_most]


def greedy_hypervolume(draws: FloatArray, n: int, rng: np.random.Generator, samples: int = 512) -> IntArray:
    """Rows that together are expected to hold the most hypervolume, the most useful first.

    Each draw is one guess at the truth. A row is worth the volume that it adds to the rows chosen before, averaged over
    the draws: a second architecture near a good one is worth something only as far as the first may disappoint. The
    volume is counted on random points between the ideal and the reference, which costs the same for any K.

    Args:
        draws: ``(S, M, K)`` scaled objectives, reference point 1, smaller is better; NaN or inf holds nothing.
        n: Number of rows to choose.
        rng: Of the points.
        samples: Points for each draw.

    Returns:
        ``(min(n, M),)`` row numbers.

    Source:
        Greedy maximisation of expected hypervolume improvement, as in Daulton, Balandat and Bakshy, "Parallel Bayesian
        optimization of multiple noisy objectives with expected hypervolume improvement", NeurIPS 2021; sampled after
        Bader and Zitzler, "HypE", Evolutionary Computation 19(1), 2011.
    """
    _check.positive_int("n", n)
    rows = draws.shape[1]
    beaten, volume = _beaten_points(np.nan_to_num(draws, nan=np.inf), samples, rng)
    left = np.ones(beaten.shape[::2], dtype=bool)
    open_rows = np.ones(rows, dtype=bool)
    chosen: list[int] = []
    for _ in range(min(n, rows)):
        gain = volume @ np.einsum("smp,sp->sm", beaten, left, dtype=np.float32, casting="unsafe")
        best = int(np.argmax(np.where(open_rows, gain, -1)))
        chosen.append(best)
        open_rows[best] = False
        left &= ~beaten[:, best]
    return np.array(chosen, dtype=np.int64)


def _beaten_points(draws: FloatArray, samples: int, rng: np.random.Generator) -> tuple[BoolArray, FloatArray]:
    """``(S, M, P)`` whether row m beats point p of draw s, and the ``(S,)`` volumes that each draw's points fill."""
    finite = np.where(np.isfinite(draws), draws, 1.0)
    low = np.minimum(finite.min(axis=1, keepdims=True), 1.0)
    points = low + rng.random((draws.shape[0], samples, draws.shape[2])) * (1 - low)
    beaten: BoolArray = np.ones((draws.shape[0], draws.shape[1], samples), dtype=bool)
    for k in range(draws.shape[2]):
        beaten &= draws[:, :, None, k] <= points[:, None, :, k]
    return beaten, np.prod(1 - low[:, 0], axis=1)

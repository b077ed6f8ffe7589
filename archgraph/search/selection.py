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
    by_draw, volume = _beaten_points(np.nan_to_num(draws, nan=np.inf), samples, rng)
    gain = volume @ by_draw.sum(axis=1)
    beaten, weight = by_draw.reshape(-1, rows), np.repeat(volume, samples)
    left = np.ones(len(beaten), dtype=bool)
    chosen: list[int] = []
    for _ in range(min(n, rows)):
        best = int(np.argmax(gain))
        chosen.append(best)
        # Every point is subtracted once at most, so all steps together cost no more than the first sum.
        covered = np.flatnonzero(left & beaten[:, best])
        gain -= weight[covered] @ beaten[covered]
        gain[best] = -np.inf
        left[covered] = False
    return np.array(chosen, dtype=np.int64)


def _beaten_points(draws: FloatArray, samples: int, rng: np.random.Generator) -> tuple[BoolArray, FloatArray]:
    """``(S, P, M)`` whether row m beats point p of draw s, and ``(S,)`` the volume that each point stands for."""
    guesses, rows, objectives = draws.shape
    low = np.minimum(draws.min(axis=1), 1.0)
    points = low[:, None] + rng.random((guesses, samples, objectives)) * (1 - low[:, None])
    beaten: BoolArray = np.ones((guesses, samples, rows), dtype=bool)
    for k in range(objectives):
        beaten &= draws[:, None, :, k] <= points[:, :, None, k]
    return beaten, np.prod(1 - low, axis=1) / samples

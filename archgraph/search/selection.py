"""Choosing the few that are worth verifying."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from archgraph import _check
from archgraph.objectives import layers, non_dominated
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


class Chosen(NamedTuple):
    """What was chosen.

    Attributes:
        rows: ``(n,)`` row numbers, the most useful first.
        gains: ``(n,)`` expected volume that each adds to those before it.
    """

    rows: IntArray
    gains: FloatArray


def greedy_hypervolume(
    draws: FloatArray, n: int, rng: np.random.Generator, samples: int = 512, held: FloatArray | None = None
) -> Chosen:
    """Rows that together are expected to hold the most hypervolume.

    Each draw is one guess at the truth. A row is worth the volume that it adds to the rows chosen before, averaged over
    the draws: a second architecture near a good one is worth something only as far as the first may disappoint. The
    volume is counted on random points between the ideal and the reference, which costs the same for any K.

    Args:
        draws: ``(S, M, K)`` scaled objectives, reference point 1, smaller is better; NaN or inf holds nothing.
        n: Number of rows to choose; at most M are.
        rng: Of the points.
        samples: Points for each draw.
        held: ``(H, K)`` what is known already: volume that it holds counts for nobody.

    Source:
        Greedy maximisation of expected hypervolume improvement, as in Daulton, Balandat and Bakshy, "Parallel Bayesian
        optimization of multiple noisy objectives with expected hypervolume improvement", NeurIPS 2021; sampled after
        Bader and Zitzler, "HypE", Evolutionary Computation 19(1), 2011.
    """
    _check.positive_int("n", n)
    draws = np.nan_to_num(draws, nan=np.inf)
    guesses, rows, objectives = draws.shape
    points, volume = _points(draws, samples, rng, np.empty((0, objectives)) if held is None else held)
    packed = [_beaten(draw, own) for draw, own in zip(draws, points, strict=True)]
    weight = np.repeat(volume / guesses, [words.shape[1] for words in packed])
    beaten = np.concatenate(packed, axis=1)
    chosen: list[int] = []
    gains: list[float] = []
    for _ in range(min(n, rows)):
        gain = np.bitwise_count(beaten) @ weight
        gain[chosen] = -np.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        gains.append(float(gain[best]))
        beaten &= ~beaten[best]
    return Chosen(np.array(chosen, dtype=np.int64), np.array(gains))


def _points(
    draws: FloatArray, samples: int, rng: np.random.Generator, held: FloatArray
) -> tuple[list[FloatArray], FloatArray]:
    """For each draw random points, ``(P, K)``, that nothing held beats, and the volume that each stands for."""
    low = np.minimum(draws.min(axis=1), 1.0)
    drawn = low[:, None] + rng.random((len(draws), samples, draws.shape[2])) * (1 - low[:, None])
    front = held[non_dominated(held)]
    return [own[~_beats(front, own).any(axis=0)] for own in drawn], np.prod(1 - low, axis=1) / samples


def _beaten(rows: FloatArray, points: FloatArray) -> NDArray[np.uint64]:
    """``(M, W)`` words; each bit says of one of ``(P, K)`` points whether row m beats it, those left over are 0."""
    bits = np.packbits(_beats(rows, points), axis=1)
    return np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8))).view(np.uint64)


def _beats(rows: FloatArray, points: FloatArray) -> BoolArray:
    """``(M, P)`` whether row m is at least as good as point p in every objective."""
    beats: BoolArray = np.ones((len(rows), len(points)), dtype=bool)
    for row, point in zip(rows.T, points.T, strict=True):
        beats &= row[:, None] <= point
    return beats

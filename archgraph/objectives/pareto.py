"""Which points no other point beats."""

from __future__ import annotations

import numpy as np

from archgraph.typing import BoolArray, FloatArray, IntArray


def non_dominated(points: FloatArray) -> BoolArray:
    """``(B,)`` whether no other row is at least as good everywhere and better somewhere.

    Equal rows do not beat one another: all of them stay or none. Rows with a NaN never stay.

    Args:
        points: ``(B, K)``, smaller is better.

    Raises:
        ValueError: Not two-dimensional.
    """
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2:
        raise ValueError(f"points must have shape (B, K), but have shape {points.shape}")
    mask = np.zeros(len(points), dtype=bool)
    rows = np.flatnonzero(~np.isnan(points).any(axis=1))
    if len(rows):
        distinct, of_row = np.unique(points[rows], axis=0, return_inverse=True)
        mask[rows] = _best(distinct)[of_row.reshape(-1)]
    return mask


def layers(points: FloatArray, at_least: int) -> IntArray:
    """``(B,)`` number of the front that each row is on: 0 for the first, 1 for what is first without it, and so on.

    Args:
        points: ``(B, K)``, smaller is better.
        at_least: Peeling stops once so many rows are on a front; the others, and rows with NaN, get -1.
    """
    points = np.asarray(points, dtype=np.float64)
    number = np.full(len(points), -1)
    rows = np.flatnonzero(~np.isnan(points).any(axis=1))
    if not len(rows):
        return number
    # sorted once: what is left stays in order
    distinct, of_row, copies = np.unique(points[rows], axis=0, return_inverse=True, return_counts=True)
    found = np.full(len(distinct), -1)
    left = np.arange(len(distinct))
    peeled = front = 0
    while len(left) and peeled < at_least:
        best = _best(distinct[left])
        found[left[best]] = front
        peeled += int(copies[left[best]].sum())
        left = left[~best]
        front += 1
    number[rows] = found[of_row.reshape(-1)]
    return number


def _best(points: FloatArray) -> BoolArray:
    """Which of distinct rows in lexicographic order no other beats."""
    return _sweep(points) if points.shape[1] <= 2 else _filter(points)


def _sweep(points: FloatArray) -> BoolArray:
    # Distinct rows in lexicographic order: a row stays if its last value is below all before it.
    last = points[:, -1]
    if points.shape[1] == 1:
        return np.asarray(last == last[0])
    lowest = np.minimum.accumulate(last)
    return np.concatenate([[True], last[1:] < lowest[:-1]])


def _filter(points: FloatArray) -> BoolArray:
    # In lexicographic order no row can be beaten by a later one, so each survivor is final when its turn comes.
    order = np.arange(len(points))
    kept = np.ones(len(points), dtype=bool)
    turn = 0
    while turn < len(order):
        left = points[order]
        stays = (left < left[turn]).any(axis=1)
        stays[: turn + 1] = True
        kept[order[~stays]] = False
        order = order[stays]
        turn += 1
    return kept

"""How much of the space of objectives a set of points holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from archgraph.objectives.pareto import non_dominated
from archgraph.typing import FloatArray


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Volume between ``points`` and ``reference`` that at least one point beats.

    Points that are not better than the reference in every objective, and rows with NaN, hold nothing.

    Args:
        points: ``(B, K)``, smaller is better.
        reference: ``(K,)``.

    Returns:
        Exact volume in the product of the objectives' units.

    Raises:
        ValueError: The shapes do not fit or the reference is not finite.

    Source:
        Zitzler and Thiele, "Multiobjective optimization using evolutionary algorithms", PPSN 1998.
    """
    points, corner = np.asarray(points, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if points.ndim != 2 or corner.shape != points.shape[1:]:
        raise ValueError(f"points (B, K) and reference (K,) must fit, but have shapes {points.shape}, {corner.shape}")
    if not np.isfinite(corner).all():
        raise ValueError(f"reference must be finite, but is {corner.tolist()}")
    points = points[(points < corner).all(axis=1)]
    front = np.unique(points[non_dominated(points)], axis=0)
    if not len(front):
        return 0.0
    if front.shape[1] == 1:
        return float(corner[0] - front[0, 0])
    if front.shape[1] == 2:
        # Sorted by the first objective the front falls in the second: one box for each step.
        width = np.diff(front[:, 0], append=corner[0])
        return float(width @ (corner[1] - front[:, 1]))
    from pymoo.indicators.hv import HV

    return float(HV(ref_point=corner)(front))


def relative_hypervolume(points: ArrayLike, front: ArrayLike, reference: ArrayLike) -> float:
    """Hypervolume of ``points`` as a share of that of the fixed ``front``; both ``(B, K)``, smaller is better.

    Raises:
        ValueError: No point of the front beats the reference.
    """
    whole = hypervolume(front, reference)
    if whole == 0:
        raise ValueError(f"front must hold some volume, but none of it beats the reference {np.asarray(reference)}")
    return hypervolume(points, reference) / whole


def hypervolume_gains(points: ArrayLike, reference: ArrayLike) -> FloatArray:
    """``(B,)`` hypervolume of the first row, then what each further row adds to those before it.

    The running sum is the hypervolume after each evaluation, as curves of search efficiency show it.
    """
    points = np.asarray(points, dtype=np.float64)
    held = [hypervolume(points[: count + 1], reference) for count in range(len(points))]
    return np.diff(held, prepend=0.0)

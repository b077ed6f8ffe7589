"""What choosing by predictions is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.metrics.pair import paired
from archgraph.registry import UnknownNameError
from archgraph.typing import FloatArray, IntArray


def precision_at_k(predicted: ArrayLike, measured: ArrayLike, k: int = 10, goal: str = "max") -> float:
    """Share of the ``k`` best by prediction that are among the ``k`` best by measurement.

    Args:
        predicted: ``(R,)`` scores.
        measured: ``(R,)`` ground truth; of ties at the limit the earlier rows count.
        k: How many are chosen.
        goal: ``"max"`` or ``"min"``.

    Raises:
        ValueError: The lengths differ, k is not in 1..R, or a value is not finite.
    """
    one, two = _oriented(predicted, measured, goal)
    k = _check.positive_int("k", k, len(two))
    return len(np.intersect1d(_best(one, k), _best(two, k))) / k


def regret_at_k(predicted: ArrayLike, measured: ArrayLike, k: int = 10, goal: str = "max") -> float:
    """What is lost, in the unit of ``measured``, by taking the best of the ``k`` best by prediction.

    Args:
        predicted: ``(R,)`` scores.
        measured: ``(R,)`` ground truth.
        k: How many are chosen and measured.
        goal: ``"max"`` or ``"min"``.

    Returns:
        Distance to the best of all, 0 or more.

    Raises:
        ValueError: The lengths differ, k is not in 1..R, or a value is not finite.
    """
    one, two = _oriented(predicted, measured, goal)
    k = _check.positive_int("k", k, len(two))
    return float(two.max() - two[_best(one, k)].max())


def _oriented(predicted: ArrayLike, measured: ArrayLike, goal: str) -> tuple[FloatArray, FloatArray]:
    """Both so that larger is better."""
    if goal not in ("max", "min"):
        raise UnknownNameError("goal", goal, ["max", "min"])
    one, two = paired(predicted, measured, least=1)
    return (one, two) if goal == "max" else (-one, -two)


def _best(values: FloatArray, k: int) -> IntArray:
    return np.argsort(-values, kind="stable")[:k]

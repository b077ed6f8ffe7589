"""How far predicted values are from measured ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from archgraph.metrics.pair import is_constant, paired
from archgraph.typing import FloatArray


def pearson(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Linear correlation in [-1, 1] of two ``(R,)`` arrays; NaN if either is constant.

    Raises:
        ValueError: The lengths differ, R < 2, or a value is not finite.
    """
    one, two = paired(predicted, measured)
    return float("nan") if is_constant(one) or is_constant(two) else float(np.corrcoef(one, two)[0, 1])


def rmse(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Root of the mean squared difference of two ``(R,)`` arrays, in their unit.

    Raises:
        ValueError: The lengths differ, R < 1, or a value is not finite.
    """
    one, two = paired(predicted, measured, least=1)
    return float(np.sqrt(np.mean((one - two) ** 2)))


def mape(predicted: ArrayLike, measured: ArrayLike) -> float:
    """Mean absolute difference relative to ``measured``, as a fraction.

    Raises:
        ValueError: The lengths differ, R < 1, a value is not finite, or a measured value is 0.
    """
    return float(np.mean(_relative(predicted, measured)))


def within(predicted: ArrayLike, measured: ArrayLike, tolerance: float = 0.1) -> float:
    """Share in [0, 1] of ``(R,)`` predictions at most ``tolerance`` (a fraction) away from the measurement.

    Raises:
        ValueError: The lengths differ, R < 1, a value is not finite, or a measured value is 0.

    Source:
        Zhang et al., "nn-Meter", MobiSys 2021 (its "±10 % accuracy").
    """
    # Rounding must not push a prediction that is exactly at the limit over it.
    return float(np.mean(_relative(predicted, measured) <= tolerance * (1 + 1e-12)))


def _relative(predicted: ArrayLike, measured: ArrayLike) -> FloatArray:
    one, two = paired(predicted, measured, least=1)
    zero = np.flatnonzero(two == 0)
    if len(zero):
        raise ValueError(f"measured must not be 0 for a relative error, but row {zero[0]} is; drop such rows")
    return np.asarray(np.abs(one - two) / np.abs(two))

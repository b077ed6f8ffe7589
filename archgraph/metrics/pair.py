"""Checks that every metric makes of its two arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.typing import FloatArray


def paired(predicted: ArrayLike, measured: ArrayLike, least: int = 2) -> tuple[FloatArray, FloatArray]:
    """Both arrays as finite ``(R,)`` float64.

    Raises:
        ValueError: The lengths differ, R < ``least``, or a value is not finite.
    """
    truth = _check.finite_vector("measured", measured)
    scores = _check.finite_vector("predicted", predicted, len(truth))
    if len(truth) < least:
        raise ValueError(f"measured must have at least {least} values, but has {len(truth)}")
    return scores, truth


def is_constant(values: FloatArray) -> bool:
    """Whether all of ``(R,)`` ``values`` are equal."""
    return bool(np.all(values == values[0]))

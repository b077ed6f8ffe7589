"""Measurements that stray: what was measured while the device did something else."""

from __future__ import annotations

import numpy as np

from archgraph.typing import FloatArray

BELIEVED = 2.0
"""Standard deviations, of measurements that do not stray, up to which an error is believed."""

NORMAL = 1.4826
"""Standard deviation of a normal distribution, by the median of its absolute deviations."""


def calmed(z: FloatArray, expected: FloatArray) -> FloatArray:
    """Targets with winsorised residuals: none is further from what is expected than most are.

    Args:
        z: ``(n,)`` targets.
        expected: ``(n,)`` predictions, each made without its target.

    Returns:
        ``(n,)`` targets; most are as they were, all of them if half of the residuals are alike.

    Source:
        The pseudo-observations of Huber, "Robust Statistics", 1981, section 7.8, https://doi.org/10.1002/0471725250,
        which a robust regression fits by least squares in place of the targets; here around the median residual.
    """
    left = z - expected
    middle = np.median(left)
    reach = BELIEVED * NORMAL * np.median(np.abs(left - middle))
    kept: FloatArray = expected + middle + np.clip(left - middle, -reach, reach)
    return kept if reach > 0 else z

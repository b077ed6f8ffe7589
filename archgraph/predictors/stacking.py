"""How much to trust each of several models, judged by predictions for rows that they did not see."""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from archgraph.typing import FloatArray

SHRINKAGE = 16.0
"""How many rows' worth of belief, for each model, the first guess of the weights has."""

LEAST_WEIGHT = 0.1
"""Models with less weight than this are not worth their time."""


def stacking_weights(held_out: FloatArray, z: FloatArray) -> FloatArray:
    """The convex combination of M models with the least squared error, shrunk towards a first guess.

    The first guess weighs each model by the square of its precision (its inverse mean squared error); the fewer rows
    there are, the more it counts. Weights below ``LEAST_WEIGHT`` become 0, the others sum to 1.

    Args:
        held_out: ``(n, M)`` out-of-fold predictions; rows with a NaN are left out, unless all have one.
        z: ``(n,)`` targets.

    Returns:
        ``(M,)`` weights.

    Source:
        After Breiman, "Stacked regressions", Machine Learning 24, 1996, https://doi.org/10.1007/BF00117832.
    """
    models = held_out.shape[1]
    known = np.isfinite(held_out).all(axis=1)
    if not known.any():
        return np.full(models, 1 / models)
    errors = held_out[known] - z[known, None]
    covariance = errors.T @ errors / len(errors)
    squared = np.diag(covariance) + 1e-12
    guess = squared.min() ** 2 / squared**2
    guess /= guess.sum()
    penalty = SHRINKAGE * models / len(errors) * squared.mean()
    root = linalg.cholesky(covariance + penalty * np.eye(models))
    aim = linalg.solve_triangular(root.T, penalty * guess, lower=True)
    # a heavy row makes the weights sum to 1
    heavy = 1e4 * np.sqrt(np.trace(covariance) + penalty)
    weights, _ = optimize.nnls(np.vstack([root, np.full(models, heavy)]), np.append(aim, heavy))
    weights = np.where(weights < min(LEAST_WEIGHT, weights.max()), 0, weights)
    kept: FloatArray = weights / weights.sum()
    return kept

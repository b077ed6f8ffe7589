"""How much to trust each of several models, judged by predictions for rows that they did not see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import linalg, optimize

from archgraph.predictors.base import Scaled
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


def weighted_mean(answers: Sequence[Scaled], weights: FloatArray) -> Scaled:
    """M answers as one; what they are unsure of, and what they disagree on, makes the spread.

    A row for which some have no prediction is left to the others.

    Args:
        answers: Predictions for the same B graphs.
        weights: ``(M,)`` of sum 1.
    """
    means, spreads = np.stack([answer.mean for answer in answers]), np.stack([answer.spread for answer in answers])
    known = np.isfinite(means)
    shares = weights[:, None] * known
    with np.errstate(invalid="ignore"):
        shares /= shares.sum(axis=0)
    mean = (shares * np.where(known, means, 0)).sum(axis=0)
    variance = (shares * np.where(known, spreads**2 + (means - mean) ** 2, 0)).sum(axis=0)
    return Scaled(mean, np.sqrt(variance), float(weights @ [answer.optimism for answer in answers]))

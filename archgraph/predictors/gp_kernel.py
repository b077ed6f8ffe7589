"""The kernel of a Gaussian process, and how much each input is found to matter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import linalg, optimize

from archgraph.typing import FloatArray, IntArray

NOISE_PRIOR = (np.log(0.1), 2.0)
"""Mean and deviation of the logarithm of the noise's variance, as a share of the signal's."""

RATE_PRIOR = (-0.8, 2.0)
"""Mean and deviation of the logarithm of the inputs' common rate."""

LEAST_NOISE = 1e-4
"""Keeps the matrices well conditioned."""

FIRST_ROWS = 256
"""So many rows bring a kernel near its best, cheaply; all of them need few steps from there."""

LAST_STEPS = 8
"""Steps with all rows where ``FIRST_ROWS`` came before."""

NEGLIGIBLE = 0.01
"""Share of all rates that the inputs of least weight may have together to be left out."""


class Kernel(NamedTuple):
    """A Matérn 3/2 kernel of unit variance, each input on its own scale, and the noise beside it.

    Attributes:
        columns: ``(C,)`` the inputs that matter.
        scale: ``(C,)`` what they are multiplied with: inverse length scales.
        noise: Variance of the noise as a share of the signal's.
    """

    columns: IntArray
    scale: FloatArray
    noise: float

    def scaled(self, x: FloatArray) -> FloatArray:
        """``(B, C)`` what ``between`` compares of ``(B, F)`` inputs."""
        return x[:, self.columns] * self.scale.astype(x.dtype, copy=False)

    @staticmethod
    def between(x: FloatArray, y: FloatArray) -> FloatArray:
        """``(B, n)`` correlations of the signal at scaled ``(B, C)`` and ``(n, C)``."""
        root = squared_distances(x, y)
        root *= 3
        np.sqrt(root, out=root)
        decay = np.negative(root)
        np.exp(decay, out=decay)
        root += 1
        root *= decay
        return root


def likely_kernel(x: FloatArray, z: FloatArray, expected: FloatArray, freedom: float, steps: int) -> Kernel:
    """The kernel with the highest posterior density.

    The logarithms of the F rates, which weigh the inputs' squared distances, are normal around what is expected, so
    that few rows leave them there and many tell the inputs apart. Inputs of next to no weight are left out.

    Args:
        x: ``(n, F)`` standardised inputs, the rows in random order.
        z: ``(n,)`` targets of mean 0.
        expected: ``(F,)`` means of the logarithms of the rates, beside a common one that is learned.
        freedom: Deviation of the logarithm of a rate from its mean.
        steps: At most this many steps of L-BFGS.

    Source:
        Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, chapter 5,
        https://gaussianprocess.org/gpml.
    """
    found = np.concatenate([[NOISE_PRIOR[0], RATE_PRIOR[0]], expected])
    bounds = [(np.log(LEAST_NOISE), np.log(10)), (-9, 6), *((mean - 6, mean + 6) for mean in expected)]
    stages = [(len(z), steps)] if len(z) <= FIRST_ROWS else [(FIRST_ROWS, steps), (len(z), min(steps, LAST_STEPS))]
    for rows, most in stages:
        given = (x[:rows], z[:rows], expected, freedom)
        found = optimize.minimize(_loss, found, given, "L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": most}).x
    rates = _rates(found, x.shape[1])
    lightest = np.argsort(rates)
    matter = np.sort(lightest[np.cumsum(rates[lightest]) > NEGLIGIBLE * rates.sum()])
    return Kernel(matter, np.sqrt(rates[matter]), float(np.exp(found[0])))


def squared_distances(x: FloatArray, y: FloatArray) -> FloatArray:
    """``(B, n)`` between the rows of ``(B, C)`` and ``(n, C)``."""
    products = x @ y.T
    products *= -2
    products += (x**2).sum(axis=1)[:, None]
    products += (y**2).sum(axis=1)
    return np.maximum(products, 0, out=products)


def _rates(parameters: FloatArray, inputs: int) -> FloatArray:
    rates: FloatArray = np.exp(parameters[1] + parameters[2:]) / inputs
    return rates


def _loss(
    parameters: FloatArray, x: FloatArray, z: FloatArray, expected: FloatArray, freedom: float
) -> tuple[float, FloatArray]:
    """Minus the logarithm of the posterior density, the signal's variance at its best, and the gradient."""
    n, inputs = x.shape
    noise, rates = np.exp(parameters[0]), _rates(parameters, inputs)
    scaled = x * np.sqrt(rates)
    root = np.sqrt(3 * squared_distances(scaled, scaled))
    decay = np.exp(-root)
    covariance = (1 + root) * decay
    covariance.flat[:: n + 1] += noise
    factor = linalg.cholesky(covariance, lower=True, overwrite_a=True)
    inverse = _inverse(factor)
    weights = inverse @ z
    variance = max(float(z @ weights) / n, 1e-12)
    loss = n / 2 * np.log(variance) + np.log(np.diag(factor)).sum()
    slope = (inverse - np.outer(weights, weights / variance)) / 2
    by_noise = noise * np.trace(slope)
    # -3/2 exp(-r) is the kernel's derivative by the squared distance
    slope *= (-3 / 2) * decay
    by_rate = 2 * rates * ((x**2).T @ slope.sum(axis=1) - ((slope @ x) * x).sum(axis=0))
    gradient = np.concatenate([[by_noise, by_rate.sum()], by_rate])
    centre = np.concatenate([[NOISE_PRIOR[0], RATE_PRIOR[0]], expected])
    width = np.array([NOISE_PRIOR[1], RATE_PRIOR[1], *np.full(inputs, freedom)])
    off = (parameters - centre) / width
    return float(loss + off @ off / 2), gradient + off / width


def _inverse(factor: FloatArray) -> FloatArray:
    """Of the matrix with the lower Cholesky factor ``(n, n)``."""
    lower = linalg.lapack.dpotri(factor, lower=1)[0]
    whole: FloatArray = np.tril(lower) + np.tril(lower, -1).T
    return whole

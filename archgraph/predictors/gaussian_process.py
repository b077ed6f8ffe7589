"""What a Gaussian process knows of a signal once it has seen rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from archgraph.predictors.gp_kernel import Kernel
from archgraph.typing import FloatArray, IntArray

ROWS_AT_ONCE = 128
"""Rows in one pass of predictions: what they are compared with stays in the processor's cache."""


@dataclass(frozen=True)
class GaussianProcess:
    """The posterior of the signal, given rows.

    Attributes:
        kernel: Of the signal.
        inputs: ``(m, C)`` float32 scaled rows that predictions compare with.
        weights: ``(m,)`` of those rows in the mean.
        variance: Of the signal.
    """

    kernel: Kernel
    inputs: FloatArray
    weights: FloatArray
    variance: float

    @classmethod
    def given(cls, kernel: Kernel, x: FloatArray, z: FloatArray, compared: IntArray) -> tuple[Self, FloatArray]:
        """The posterior given n rows, and its leave-one-out predictions.

        Where ``compared`` are not all rows, the signal is approximated by its projection on those (deterministic
        training conditional), which takes m² n operations instead of n³.

        Args:
            kernel: Of the signal.
            x: ``(n, F)``.
            z: ``(n,)`` targets of mean 0.
            compared: ``(m,)`` the rows to compare with.

        Returns:
            The posterior, and ``(2, n)``: for each row, had it been left out, mean and variance of its signal.

        Source:
            Quiñonero-Candela and Rasmussen, "A Unifying View of Sparse Approximate Gaussian Process Regression", JMLR
            6, 2005, https://www.jmlr.org/papers/v6/quinonero-candela05a.html.
        """
        scaled = kernel.scaled(x)
        inner = kernel.between(scaled[compared], scaled[compared])
        inner.flat[:: len(inner) + 1] += 1e-6
        factor = linalg.cholesky(inner, lower=True, overwrite_a=True)
        projected = linalg.solve_triangular(factor, kernel.between(scaled[compared], scaled), lower=True)
        precision = projected @ projected.T
        precision.flat[:: len(precision) + 1] += kernel.noise
        whole = linalg.cholesky(precision, lower=True, overwrite_a=True)
        seen = linalg.solve_triangular(whole, projected, lower=True)
        mean = seen.T @ (seen @ z)
        share = np.minimum((seen**2).sum(axis=0), 1 - 1e-9)
        weights = linalg.solve_triangular(factor.T, linalg.solve_triangular(whole.T, seen @ z))
        variance = max(float(z @ (z - mean)) / kernel.noise / len(z), 1e-12)
        process = cls(kernel, scaled[compared].astype(np.float32), weights, variance)
        return process, np.stack([z - (z - mean) / (1 - share), process._left_out(x, compared)])

    def mean(self, x: FloatArray) -> FloatArray:
        """``(B,)`` of the signal at ``(B, F)``."""
        parts = [self._mean(self._correlations(x[rows])) for rows in _passes(len(x))]
        return np.concatenate([np.empty(0), *parts])

    def mean_and_variance(self, x: FloatArray) -> FloatArray:
        """``(2, B)`` of the signal at ``(B, F)``.

        Variances are as if the rows that predictions compare with were all that is known.
        """
        parts = [np.empty((2, 0))]
        for rows in _passes(len(x)):
            correlations = self._correlations(x[rows])
            parts.append(np.stack([self._mean(correlations), self._unknown(correlations)]))
        return np.concatenate(parts, axis=1)

    def prepare(self) -> None:
        """Compute what variances take beside means, before several threads need it at once."""
        _ = self._whitener

    def _mean(self, correlations: FloatArray) -> FloatArray:
        """``(B,)`` of the signal, by its ``(B, m)`` correlations with the compared rows."""
        mean: FloatArray = correlations @ self.weights.astype(np.float32)
        return mean

    def _unknown(self, correlations: FloatArray) -> FloatArray:
        """``(B,)`` variance of the signal, by its ``(B, m)`` correlations with the compared rows."""
        known = ((self._whitener @ correlations.T) ** 2).sum(axis=0).astype(np.float64)
        left: FloatArray = self.variance * np.maximum(1 - known, 0)
        return left

    @cached_property
    def _whitener(self) -> FloatArray:
        """``(m, m)`` float32 inverse of the Cholesky factor of what the compared rows have in common, with noise."""
        inputs = self.inputs.astype(np.float64)
        known = self.kernel.between(inputs, inputs)
        known.flat[:: len(known) + 1] += self.kernel.noise
        factor = linalg.cholesky(known, lower=True, overwrite_a=True)
        inverse: FloatArray = linalg.solve_triangular(factor, np.eye(len(factor)), lower=True).astype(np.float32)
        return inverse

    def _left_out(self, x: FloatArray, compared: IntArray) -> FloatArray:
        """``(n,)`` variances of the signal as ``mean_and_variance`` tells them, each compared row without itself."""
        spread = np.empty(len(x))
        others = np.setdiff1d(np.arange(len(x)), compared)
        spread[compared] = self.variance * np.maximum(1 / (self._whitener**2).sum(axis=0) - self.kernel.noise, 0)
        spread[others] = self.mean_and_variance(x[others])[1]
        return spread

    def _correlations(self, x: FloatArray) -> FloatArray:
        return self.kernel.between(self.kernel.scaled(x.astype(np.float32, copy=False)), self.inputs)

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """What ``restored`` needs beside ``numbers``, by names that begin with ``prefix``."""
        found = {
            "columns": self.kernel.columns,
            "scale": self.kernel.scale,
            "inputs": np.ascontiguousarray(self.inputs),
            "weights": self.weights,
        }
        return {prefix + name: array for name, array in found.items()}

    def numbers(self) -> dict[str, float]:
        """What ``restored`` needs beside ``arrays``, ready for JSON."""
        return {"noise": self.kernel.noise, "variance": self.variance}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], prefix: str, numbers: Mapping[str, float]) -> Self:
        """The inverse of ``arrays`` and ``numbers``."""
        columns, scale, inputs, weights = (arrays[prefix + name] for name in ("columns", "scale", "inputs", "weights"))
        return cls(Kernel(columns, scale, numbers["noise"]), inputs, weights, numbers["variance"])


def _passes(rows: int) -> list[slice]:
    return [slice(first, first + ROWS_AT_ONCE) for first in range(0, rows, ROWS_AT_ONCE)]

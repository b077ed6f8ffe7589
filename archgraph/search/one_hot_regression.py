"""A cheap regression on the genes themselves, as DyNAS-T predicts."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn import clone, config_context
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_percentage_error
from sklearn.model_selection import KFold
from sklearn.svm import SVR

from archgraph import _check
from archgraph.typing import FloatArray, IntArray

FOLDS = 5

_REGRESSORS = (
    *(Ridge(alpha) for alpha in np.geomspace(0.1, 10, 10)),
    *(SVR(kernel="rbf", gamma="auto", epsilon=0.0, C=cost) for cost in np.geomspace(1, 100, 10)),
)
"""DyNAS-T tries the same ranges in a hundred even steps, which takes ten times as long."""


class OneHotRegression:
    """Ridge regression or a support vector machine on one-hot genes, whichever is better in five folds.

    As in DyNAS-T, targets are scaled by a power of ten so that the largest is in 10..100, genes that do not vary are
    left out, and the mean absolute percentage error chooses.

    Args:
        sizes: ``(G,)`` number of choices of each gene.

    Source:
        Cummings, Sarah, Sridhar, Szankin, Munoz and Sundaresan, "A hardware-aware framework for accelerating neural
        architecture search across modalities", 2022, https://arxiv.org/abs/2205.10358.
    """

    def __init__(self, sizes: IntArray) -> None:
        self.sizes = sizes

    def fit(self, genotypes: IntArray, y: FloatArray) -> Self:
        """Learn ``(n,)`` targets of ``(n, G)`` genotypes.

        Raises:
            ValueError: There are fewer than ``FOLDS`` rows, or a target is not finite.
        """
        targets = _check.finite_vector("y", y, len(genotypes))
        x = self._one_hot(genotypes)
        self._varying = np.flatnonzero(x.var(axis=0))
        largest = np.abs(targets).max()
        self._unit = 10 ** (np.floor(np.log10(largest)) - 1) if largest > 0 else 1.0
        x, scaled = x[:, self._varying], targets / self._unit
        with config_context(assume_finite=True, skip_parameter_validation=True):
            self._best = clone(min(_REGRESSORS, key=lambda regressor: _error(regressor, x, scaled))).fit(x, scaled)
        return self

    def predict(self, genotypes: IntArray) -> FloatArray:
        """``(B,)`` predictions for ``(B, G)`` genotypes, in the unit of the targets."""
        found: FloatArray = self._best.predict(self._one_hot(genotypes)[:, self._varying]) * self._unit
        return found

    def _one_hot(self, genotypes: IntArray) -> FloatArray:
        """``(B, sum of sizes)``."""
        columns = [genotypes[:, [gene]] == np.arange(size) for gene, size in enumerate(self.sizes)]
        return np.concatenate(columns, axis=1).astype(np.float64)


def _error(regressor: Any, x: FloatArray, y: FloatArray) -> float:
    """Mean absolute percentage error on the folds that were held out."""
    predicted = np.empty(len(y))
    for train, test in KFold(FOLDS).split(x):
        predicted[test] = clone(regressor).fit(x[train], y[train]).predict(x[test])
    return float(mean_absolute_percentage_error(y, predicted))

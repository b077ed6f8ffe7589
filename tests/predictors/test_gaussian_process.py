"""Gaussian processes: what they predict, leaving rows out, and many rows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from archgraph.predictors import gaussian_process
from archgraph.predictors.gaussian_process import GaussianProcess
from archgraph.predictors.gp_kernel import Kernel

KERNEL = Kernel(np.array([0, 1]), np.array([0.7, 0.2]), 0.05)


def _rows(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    z = np.sin(2 * x[:, 0]) + 0.3 * x[:, 1] + rng.normal(scale=0.05, size=n)
    return x, (z - z.mean()) / z.std()


def test_mean_and_deviation_are_those_of_scikit_learn() -> None:
    x, z = _rows(40)
    process, _ = GaussianProcess.given(KERNEL, x, z, np.arange(40))
    scaled = KERNEL.scaled(x)
    peer = GaussianProcessRegressor(Matern(1.0, nu=1.5), alpha=KERNEL.noise, optimizer=None).fit(scaled, z)
    other = np.random.default_rng(1).normal(size=(30, 3))
    mean, deviation = peer.predict(KERNEL.scaled(other), return_std=True)
    assert process.mean(other) == pytest.approx(mean, abs=1e-3)
    found, variance = process.mean_and_variance(other)
    np.testing.assert_array_equal(found, process.mean(other))
    assert np.sqrt(variance) == pytest.approx(deviation * process.variance**0.5, rel=0.01, abs=1e-3)


def test_leaving_one_out_equals_refitting_without_it() -> None:
    x, z = _rows(30)
    process, left_out = GaussianProcess.given(KERNEL, x, z, np.arange(30))
    for row in range(30):
        others = np.delete(np.arange(30), row)
        refitted, _ = GaussianProcess.given(KERNEL, x[others], z[others], np.arange(29))
        assert left_out[0, row] == pytest.approx(refitted.mean(x[[row]])[0], abs=1e-3)
        unit = refitted.mean_and_variance(x[[row]])[1, 0] / refitted.variance
        assert left_out[1, row] / process.variance == pytest.approx(unit, rel=0.01, abs=1e-3)


def test_leaving_one_out_of_many() -> None:
    x, z = _rows(120)
    compared = np.arange(0, 120, 3)
    _, left_out = GaussianProcess.given(KERNEL, x, z, compared)
    for row in (1, 50, 119):
        others = np.delete(np.arange(120), row)
        refitted, _ = GaussianProcess.given(KERNEL, x[others], z[others], np.searchsorted(others, compared))
        assert left_out[0, row] == pytest.approx(refitted.mean(x[[row]])[0], abs=1e-3)


def test_all_rows_decide_though_few_are_compared_with() -> None:
    x, z = _rows(900)
    other, truth = _rows(300, seed=1)
    few, _ = GaussianProcess.given(KERNEL, x[:60], z[:60], np.arange(60))
    projected, _ = GaussianProcess.given(KERNEL, x, z, np.arange(60))
    assert projected.inputs.shape == few.inputs.shape
    errors = [np.mean((process.mean(other) - truth) ** 2) for process in (few, projected)]
    assert errors[1] < 0.8 * errors[0]


def test_rows_that_come_twice() -> None:
    x, z = _rows(20)
    process, left_out = GaussianProcess.given(KERNEL, np.repeat(x, 2, axis=0), np.repeat(z, 2), np.arange(40))
    assert np.isfinite(left_out).all()
    assert np.abs(process.mean(x) - z).max() < 0.5


def test_passes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, z = _rows(50)
    process, _ = GaussianProcess.given(KERNEL, x, z, np.arange(50))
    mean, variance = process.mean_and_variance(x)
    monkeypatch.setattr(gaussian_process, "ROWS_AT_ONCE", 7)
    assert process.mean(x) == pytest.approx(mean, abs=1e-4)
    assert process.mean_and_variance(x)[1] == pytest.approx(variance, abs=1e-4)
    assert process.mean(x[:0]).shape == (0,)


def test_what_is_left_out_of_many_is_as_unsure_as_new_rows() -> None:
    x, z = _rows(120)
    compared = np.arange(0, 120, 3)
    process, left_out = GaussianProcess.given(KERNEL, x, z, compared)
    others = np.setdiff1d(np.arange(120), compared)
    assert left_out[1, others] == pytest.approx(process.mean_and_variance(x[others])[1], rel=1e-3)
    for row in compared[[0, 20, 39]]:
        kept = compared[compared != row]
        without, _ = GaussianProcess.given(KERNEL, x[kept], z[kept], np.arange(39))
        unit = without.mean_and_variance(x[[row]])[1, 0] / without.variance
        assert left_out[1, row] / process.variance == pytest.approx(unit, rel=0.01, abs=1e-3)


def test_predictions_factorise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, z = _rows(50)
    process, _ = GaussianProcess.given(KERNEL, x, z, np.arange(50))
    monkeypatch.setattr(gaussian_process, "linalg", None)
    assert process.mean_and_variance(x).shape == (2, 50)

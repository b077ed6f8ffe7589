"""The kernel: the likelihood's gradient, and which inputs it finds to matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from archgraph.predictors import gp_kernel
from archgraph.predictors.gp_kernel import likely_kernel


def _rows(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    z = np.sin(2 * x[:, 0]) + 0.3 * x[:, 1] + rng.normal(scale=0.05, size=n)
    return x, (z - z.mean()) / z.std()


ALIKE = np.zeros(3)


def test_the_gradient_is_that_of_the_loss() -> None:
    x, z = _rows(25)
    point = np.array([-1.5, -0.4, 0.3, -0.6, 0.1])
    given = (x, z, np.array([0.5, 0.0, -2.0]), 1.5)
    exact = gp_kernel._loss(point, *given)[1]
    near = optimize.approx_fprime(point, lambda p: gp_kernel._loss(p, *given)[0], 1e-6)
    assert exact == pytest.approx(near, rel=1e-3, abs=1e-3)


def test_inputs_that_matter_weigh_more() -> None:
    found = likely_kernel(*_rows(200), ALIKE, freedom=1.5, steps=60)
    assert found.scale[0] > 2 * found.scale[1]
    # the third is noise: it weighs least, or is left out
    assert len(found.columns) == 2 or found.scale[1] > 1.5 * found.scale[2]
    alike = likely_kernel(*_rows(200), ALIKE, freedom=1e-3, steps=60)
    assert alike.columns.tolist() == [0, 1, 2]
    assert alike.scale == pytest.approx(alike.scale[0], rel=0.01)


def test_what_is_expected_counts_until_rows_say_otherwise() -> None:
    doubted = np.array([-3.0, 0.0, 0.0])
    few = likely_kernel(*_rows(6), doubted, freedom=0.5, steps=60)
    assert few.scale[list(few.columns).index(1)] > few.scale[0]
    many = likely_kernel(*_rows(250), doubted, freedom=1.5, steps=60)
    assert many.scale[0] == many.scale.max()


def test_inputs_of_next_to_no_weight_are_left_out() -> None:
    x, z = _rows(150)
    useless = np.random.default_rng(3).normal(size=(150, 5))
    kernel = likely_kernel(np.hstack([useless, x]), z, np.zeros(8), freedom=3.0, steps=100)
    assert {5, 6} <= set(kernel.columns.tolist())
    assert len(kernel.columns) < 8
    assert kernel.scaled(np.hstack([useless, x])).shape == (150, len(kernel.columns))


def test_the_kernel_falls_with_the_distance() -> None:
    near = gp_kernel.Kernel.between(np.zeros((1, 2)), np.array([[0.0, 0.0], [0.6, 0.8], [3.0, 4.0]]))[0]
    root = 3**0.5
    assert near == pytest.approx([1, (1 + root) * np.exp(-root), (1 + 5 * root) * np.exp(-5 * root)])


def test_starting_with_few_rows_leads_to_the_same_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    x, z = _rows(300)
    monkeypatch.setattr(gp_kernel, "FIRST_ROWS", 1000)
    whole = likely_kernel(x, z, ALIKE, 1.5, 60)
    rows: list[int] = []
    loss = gp_kernel._loss

    def counted(parameters: np.ndarray, x: np.ndarray, *others: Any) -> Any:
        rows.append(len(x))
        return loss(parameters, x, *others)

    monkeypatch.setattr(gp_kernel, "_loss", counted)
    monkeypatch.setattr(gp_kernel, "FIRST_ROWS", 100)
    monkeypatch.setattr(gp_kernel, "LAST_STEPS", 12)
    found = likely_kernel(x, z, ALIKE, 1.5, 60)
    assert found.columns.tolist() == whole.columns.tolist()
    assert found.scale == pytest.approx(whole.scale, rel=0.1, abs=0.005)
    assert set(rows) == {100, 300}
    assert rows.count(300) <= 16


def test_noise_is_found() -> None:
    rng = np.random.default_rng(2)
    x, z = _rows(300)
    quiet = likely_kernel(x, z, ALIKE, 1.5, 60).noise
    loud = likely_kernel(x, z + rng.normal(scale=0.7, size=300), ALIKE, 1.5, 60).noise
    assert quiet < 0.02
    assert loud > 10 * quiet

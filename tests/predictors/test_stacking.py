"""Weights by out-of-fold predictions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from archgraph.predictors import stacking
from archgraph.predictors.base import Scaled
from archgraph.predictors.stacking import stacking_weights, weighted_mean


def _models(n: int, noise: tuple[float, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return z[:, None] + rng.normal(size=(n, len(noise))) * noise, z


def test_equally_good_models_are_worth_the_same() -> None:
    assert stacking_weights(*_models(4000, (0.5, 0.5, 0.5))) == pytest.approx(1 / 3, abs=0.03)


def test_independent_errors_weigh_by_precision() -> None:
    # variances 0.04 and 0.16: shares 4/5 and 1/5
    assert stacking_weights(*_models(20000, (0.2, 0.4))) == pytest.approx([0.8, 0.2], abs=0.02)


def test_one_that_knows_nothing_is_dropped() -> None:
    held_out, z = _models(500, (0.2, 0.25, 0))
    held_out[:, 2] = 0
    weights = stacking_weights(held_out, z)
    assert weights[2] == 0
    assert weights[0] > weights[1] > 0.2
    assert weights.sum() == pytest.approx(1)


def test_few_rows_leave_the_first_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    held_out, z = _models(8, (0.3, 0.4))
    squared = ((held_out - z[:, None]) ** 2).mean(axis=0)
    monkeypatch.setattr(stacking, "SHRINKAGE", 1e6)
    assert stacking_weights(held_out, z) == pytest.approx(squared**-2.0 / (squared**-2.0).sum(), abs=1e-3)


def test_the_optimum_is_that_of_a_general_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacking, "LEAST_WEIGHT", 0.0)
    held_out, z = _models(60, (0.3, 0.4, 0.5, 0.9), seed=3)
    held_out[:, 1] += 0.5 * (held_out[:, 0] - z)
    errors = held_out - z[:, None]
    squared = (errors**2).mean(axis=0)
    guess = squared**-2.0 / (squared**-2.0).sum()
    penalty = 16 * 4 / 60 * squared.mean()

    def loss(weights: np.ndarray) -> float:
        return float(np.mean((errors @ weights) ** 2) + penalty * np.sum((weights - guess) ** 2))

    whole = {"type": "eq", "fun": lambda weights: weights.sum() - 1}
    best = optimize.minimize(loss, np.full(4, 0.25), bounds=[(0, 1)] * 4, constraints=[whole], tol=1e-12)
    assert stacking_weights(held_out, z) == pytest.approx(best.x, abs=1e-3)


def test_rows_that_one_model_lacks_do_not_count() -> None:
    held_out, z = _models(200, (0.2, 0.3))
    expected = stacking_weights(held_out[100:], z[100:])
    held_out[:100, 1] = np.nan
    assert stacking_weights(held_out, z) == pytest.approx(expected)
    held_out[:] = np.nan
    assert stacking_weights(held_out, z) == pytest.approx([0.5, 0.5])


def test_predictions_without_error() -> None:
    z = np.arange(9.0)
    assert stacking_weights(np.stack([z, z], axis=1), z) == pytest.approx([0.5, 0.5])
    assert stacking_weights(z[:, None], z) == pytest.approx([1])


def test_disagreement_and_doubt_make_the_spread() -> None:
    answers = [
        Scaled(np.array([0.0, 2]), np.array([1.0, 0]), optimism=1.4),
        Scaled(np.array([4.0, np.nan]), np.array([1.0, 0])),
    ]
    # means 0 and 4 weighed 3 to 1: 1, variance 1 + (3 * 1 + 9) / 4
    joined = weighted_mean(answers, np.array([0.75, 0.25]))
    assert joined.mean.tolist() == [1, 2]
    assert joined.spread == pytest.approx([2, 0])
    assert joined.optimism == pytest.approx(0.75 * 1.4 + 0.25)

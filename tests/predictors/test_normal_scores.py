"""Normal scores, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from archgraph.predictors.normal_scores import MOST_KNOTS, NormalScores

ROOT = math.sqrt(2)


def test_by_hand() -> None:
    # ranks in the middle of 1/8, 1/2 and 7/8; the deviation of (-a, 0, 0, a) is a / sqrt(2)
    scores = NormalScores.learn(np.array([[2.0], [1.0], [3.0], [2.0]]))
    assert scores(np.array([[1.0], [2.0], [3.0]]))[:, 0] == pytest.approx([-ROOT, 0, ROOT])
    assert scores(np.array([[1.5], [0.0], [9.0]]))[:, 0] == pytest.approx([-ROOT / 2, -ROOT, ROOT])


def test_columns_are_apart_and_constant_ones_are_zero() -> None:
    rng = np.random.default_rng(0)
    seen = np.column_stack([rng.normal(size=50), np.full(50, 7.0), rng.integers(3, size=50)])
    found = NormalScores.learn(seen)(seen)
    assert found.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.std(axis=0) == pytest.approx([1, 0, 1])
    assert np.all(NormalScores.learn(seen)(seen + np.array([0, 100, 0]))[:, 1] == 0)


def test_only_the_order_counts() -> None:
    seen = np.random.default_rng(0).normal(size=(100, 1))
    assert NormalScores.learn(np.exp(seen))(np.exp(seen)) == pytest.approx(NormalScores.learn(seen)(seen))


def test_of_many_values_few_are_remembered() -> None:
    seen = np.random.default_rng(0).exponential(size=(5000, 1))
    scores = NormalScores.learn(seen)
    assert len(scores.values) <= MOST_KNOTS
    found = scores(seen)[:, 0]
    assert np.array_equal(np.argsort(found, kind="stable"), np.argsort(seen[:, 0], kind="stable"))
    assert found.std() == pytest.approx(1, abs=0.01)


def test_arrays() -> None:
    seen = np.random.default_rng(0).normal(size=(30, 4))
    scores = NormalScores.learn(seen)
    copy = NormalScores.from_arrays(scores.arrays("x."), "x.")
    assert np.array_equal(copy(seen), scores(seen))

"""Sums of parts that are not negative."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.predictors.explanations import Part, explain, positive_mix

RNG = np.random.default_rng(0)
KNOWN, WORK = RNG.uniform(0.5, 1.5, size=(60, 3)), RNG.uniform(0, 2, size=(60, 2))
CHOICES = ((None, Part(KNOWN[:10], 1 / 3)), (None, Part(WORK[:10], 0.0)))


def test_weights_by_hand() -> None:
    # without doubt least squares: y = 2 a, and never less than nothing of b
    columns = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    assert positive_mix(columns, np.array([2.0, 4.0, 6.0]), np.ones(3), 0.0, np.zeros(2)) == pytest.approx([2, 0])
    assert positive_mix(columns, np.array([1.0, 3.0, 5.0]), np.ones(3), 0.0, np.zeros(2))[1] == 0
    # with nothing but doubt what is expected
    assert positive_mix(columns, np.ones(3), np.ones(3), 1e9, np.array([0.25, 0.5])) == pytest.approx(
        [0.25, 0.5], abs=1e-6
    )


def test_the_part_that_explains_is_found() -> None:
    for truth, shown in ((KNOWN @ [1.5, 0.2, 0], slice(0, 3)), (WORK @ [0.7, 0.4] + 0.3, slice(3, 5))):
        y = truth / np.exp(np.log(truth[:10]).mean())
        found = explain(CHOICES, y[:10], np.arange(10))
        assert found.weights.shape == (6,)
        assert np.all(found.weights >= 0)
        assert found.weights[shown].sum() > 0.7 * found.weights[:5].sum()
        predicted = np.column_stack([KNOWN, WORK, np.ones(60)]) @ found.weights
        assert np.corrcoef(predicted[10:], y[10:])[0, 1] > 0.97
        assert np.corrcoef(found.held_out, y[:10])[0, 1] > 0.9


def test_small_targets_do_not_decide_where_they_are_told_not_to() -> None:
    y = KNOWN @ [1.5, 0.2, 0.0]
    # no sum explains these two
    y[[2, 7]] = 1e-3
    unit = np.exp(np.log(y[:10]).mean())
    errors = []
    for small in (0.0, 0.3):
        found = explain(CHOICES[:1], y[:10] / unit, np.arange(10), small)
        predicted = np.column_stack([KNOWN, np.ones(60)]) @ found.weights * unit
        errors.append(np.median(np.abs(predicted[10:] / y[10:] - 1)))
    assert errors[1] < 0.5 * errors[0]


def test_noise_is_answered_by_what_is_expected() -> None:
    y = np.exp(RNG.normal(scale=0.5, size=10))
    found = explain(((Part(KNOWN[:10], 1 / 3),),), y / np.exp(np.log(y).mean()), np.arange(10))
    predicted = np.column_stack([KNOWN, np.ones(60)]) @ found.weights
    assert np.std(predicted) < 0.3


def test_held_out_sums_do_not_know_their_row() -> None:
    y = KNOWN[:10] @ [1.0, 0.3, 0.1]
    changed = y.copy()
    changed[4] *= 3
    one, other = (
        explain((CHOICES[0][1:],), values / np.exp(np.log(y).mean()), np.arange(10)).held_out for values in (y, changed)
    )
    # the weights of explanations change with all rows, the sums of each without its own
    assert other[4] == pytest.approx(one[4], rel=0.1)

"""Which parts a cost is the sum of, when few measurements cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import optimize

from archgraph.typing import BoolArray, FloatArray, IntArray

WEIGHING = 0.5
"""Errors count relative to this power of the target: between absolute (0) and relative (1) ones."""

DOUBTS = (3e-4, 3e-3, 3e-2, 0.3, 3.0)
"""How noisy measurements may be: the pull of weights to what is expected, see ``positive_mix``."""

LEAST_ERROR = 1e-5
"""Mean squared error below which explanations count as equally good."""


class Part(NamedTuple):
    """A group of columns that a sum may hold.

    Attributes:
        columns: ``(n, P)`` values, none below 0, of size 1 or so.
        expected: Weight that each column is expected to have.
        odds: How likely it is beforehand, in comparison with another one or none.
    """

    columns: FloatArray
    expected: float
    odds: float = 1.0


class Explained(NamedTuple):
    """A sum of columns that stands for many explanations.

    Attributes:
        weights: Of the columns of every choice in turn, then of the constant.
        held_out: ``(n,)`` the sum for each row, made without it.
    """

    weights: FloatArray
    held_out: FloatArray


def explain(choices: Sequence[Sequence[Part | None]], y: FloatArray, fold: IntArray, small: float = 0.0) -> Explained:
    """The mean of all explanations of n targets, weighed by how likely errors on held-out rows, and odds, make them.

    An explanation takes one part of each choice and one of ``DOUBTS``. Each is a sum with weights that are not
    negative, of the columns of its parts and a constant.

    Args:
        choices: Parts to choose from; None for no part. Not all choices may be none at once.
        y: ``(n,)`` targets above 0, of geometric mean 1.
        fold: ``(n,)`` which fold holds a row out.
        small: Targets below this share of the median count as if they were that; else the smallest count most, though
            what an architecture takes that hardly runs is known to a sum as an absolute number at best.
    """
    columns = [part for choice in choices for part in choice if part is not None]
    values = np.column_stack([*(part.columns for part in columns), np.ones(len(y))])
    expected = np.concatenate([*(np.full(part.columns.shape[1], part.expected) for part in columns), [0.0]])
    scale = np.maximum(y, small * np.median(y)) ** -WEIGHING
    sums, held_out, errors, odds = [], [], [], []
    for shown, beforehand in _explanations(choices):
        for doubt in DOUBTS:
            weights = np.zeros(len(expected))
            weights[shown] = positive_mix(values[:, shown], y, scale, doubt, expected[shown])
            sums.append(weights)
            held_out.append(_held_out(values[:, shown], y, scale, doubt, expected[shown], fold))
            errors.append(np.mean(((held_out[-1] - y) * scale) ** 2))
            odds.append(beforehand)
    log_likelihood = np.log(odds) - len(y) / 2 * np.log(np.array(errors) + LEAST_ERROR)
    likely = np.exp(log_likelihood - log_likelihood.max())
    likely /= likely.sum()
    return Explained(likely @ np.array(sums), likely @ np.array(held_out))


def _explanations(choices: Sequence[Sequence[Part | None]]) -> Iterator[tuple[BoolArray, float]]:
    """Which of all columns, and of the constant, an explanation holds, and its odds, for every explanation."""
    for chosen in product(*choices):
        held = [part for part in chosen if part is not None]
        if held:
            shown = [
                np.full(part.columns.shape[1], part is one)
                for choice, one in zip(choices, chosen, strict=True)
                for part in choice
                if part is not None
            ]
            yield np.append(np.concatenate(shown), True), math.prod(part.odds for part in held)


def positive_mix(
    columns: FloatArray, y: FloatArray, scale: FloatArray, doubt: float, expected: FloatArray
) -> FloatArray:
    """``(P,)`` weights, none below 0, of the columns whose sum is nearest to the targets.

    Args:
        columns: ``(n, P)``.
        y: ``(n,)`` targets above 0.
        scale: ``(n,)`` what errors are multiplied by.
        doubt: How strongly the weights are drawn to what is expected: their squared differences from it count as much
            as ``doubt`` times n squared errors.
        expected: ``(P,)`` weights.
    """
    pull = np.sqrt(doubt * len(y) * np.mean(scale**2))
    rows = np.concatenate([columns * scale[:, None], pull * np.eye(len(expected))])
    weights: FloatArray = optimize.nnls(rows, np.append(y * scale, pull * expected))[0]
    return weights


def _held_out(
    columns: FloatArray, y: FloatArray, scale: FloatArray, doubt: float, expected: FloatArray, fold: IntArray
) -> FloatArray:
    """``(n,)`` sums for each row by weights that have seen the rows of other folds only."""
    found = np.empty(len(y))
    for number in range(fold.max() + 1):
        out = fold == number
        found[out] = columns[out] @ positive_mix(columns[~out], y[~out], scale[~out], doubt, expected)
    return found

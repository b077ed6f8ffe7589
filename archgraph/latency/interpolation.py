"""How long operators take that were not measured, from those that were."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from scipy import optimize

from archgraph import _check
from archgraph.latency.operator_work import OperatorWork, operator_work
from archgraph.typing import BoolArray, FloatArray

REACHES = (1.0, 2.0, 4.0, 8.0)
"""How far shapes may be apart, in doublings of a size, to be alike: the choices."""

DOUBTS = (1e-3, 1e-2, 3e-2, 0.1, 0.3)
"""How much of what the sum of work leaves may be chance: the choices."""

DECIDING = 400
"""Operators that decide on both, if there are as many; all of them are learned from."""

FOLDS = 5
LEAST = 2 * FOLDS
"""Operators from which on a held-out error is told."""

_LEAST_SHARE = 0.1
"""No operator is taken to be faster than this share of the fastest that was measured."""


class Interpolation:
    """Times of operators of any shape, learned from m that were measured.

    A time is a sum of what the work takes (a constant, multiply-accumulates, bytes; none negative), times a factor. The
    logarithm of the factor is interpolated among the measured operators, by a kernel that is larger for those with the
    same first operation, the same operations and similar shapes; how similar, held-out operators decide. So an
    operation of which nothing was measured takes what its work would take elsewhere.

    Args:
        texts: ``(m,)`` operators.
        milliseconds: ``(m,)`` their times.

    Attributes:
        held_out: ``(m,)`` each time as told by operators of other folds; NaN where there are too few to tell.

    Raises:
        ValueError: There is no operator, a text is of none, or a time is not above 0.

    Source:
        Williams et al., "Roofline: an insightful visual performance model for multicore architectures", Communications
        of the ACM 52(4), 2009, for work as the frame; Zhang et al., "nn-Meter", MobiSys 2021, for models by kind.
    """

    def __init__(self, texts: Sequence[str], milliseconds: FloatArray) -> None:
        y = _check.finite_vector("milliseconds", milliseconds, len(texts))
        if len(y) == 0 or y.min() <= 0:
            least = f"the least is {y.min():g}" if len(y) else "there is none"
            raise ValueError(f"milliseconds must be above 0, at least one, but {least}; measure operators first")
        self._y, self._work = y, operator_work(texts)
        alike = _alike(self._work, self._work)
        self.reach, self.doubt = self._chosen(alike)
        self._kernel = _kernel(alike, self.reach)
        self._prices, self._pull = self._learned(np.ones(len(y), dtype=bool))
        self.held_out = self._by_folds()

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        """``(n,)`` milliseconds of operators, measured or not; above 0.

        Raises:
            ValueError: A text is of no operator.
        """
        if not texts:
            return np.zeros(0)
        work = operator_work(texts)
        factor: FloatArray = np.exp(_kernel(_alike(work, self._work), self.reach) @ self._pull)
        return self._of_work(work.amounts, self._prices) * factor

    @property
    def error(self) -> float:
        """Median relative error of times that were held out; NaN where there are too few operators to tell."""
        return float(np.median(np.abs(self.held_out / self._y - 1)))

    def _of_work(self, amounts: FloatArray, prices: FloatArray) -> FloatArray:
        least: float = _LEAST_SHARE * self._y.min()
        return np.maximum(amounts @ prices, least)

    def _learned(self, rows: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Prices of the work, and what each of ``rows`` pulls those that are like it."""
        prices, left = self._priced(rows)
        kernel = self._kernel[np.ix_(rows, rows)]
        return prices, np.linalg.solve(kernel + self.doubt * np.eye(len(left)), left)

    def _priced(self, rows: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Prices of the work, and the logarithm of what they leave of the times of ``rows``."""
        amounts, y = self._work.amounts[rows], self._y[rows]
        scale = np.maximum(self._work.amounts.max(axis=0), 1.0)
        prices = optimize.nnls(amounts / scale / y[:, None], np.ones(len(y)))[0] / scale
        return prices, np.log(y) - np.log(self._of_work(amounts, prices))

    def _chosen(self, alike: tuple[FloatArray, FloatArray]) -> tuple[float, float]:
        """The reach and the doubt by which each operator, out of ``DECIDING`` ones, is told best by the others."""
        few = np.random.default_rng(0).permutation(len(self._y))[:DECIDING]
        left = self._priced(np.ones(len(self._y), dtype=bool))[1][few]
        same, squared = (values[np.ix_(few, few)] for values in alike)

        def error(choice: tuple[float, float]) -> float:
            inverse = np.linalg.inv(_kernel((same, squared), choice[0]) + choice[1] * np.eye(len(left)))
            return float(np.mean(np.abs(inverse @ left / np.diag(inverse))))

        return min(product(REACHES, DOUBTS), key=error)

    def _by_folds(self) -> FloatArray:
        held_out = np.full(len(self._y), np.nan)
        if len(self._y) < LEAST:
            return held_out
        fold = np.random.default_rng(0).permutation(len(self._y)) % FOLDS
        for number in range(FOLDS):
            out = fold == number
            prices, pull = self._learned(~out)
            factor = np.exp(self._kernel[np.ix_(out, ~out)] @ pull)
            held_out[out] = self._of_work(self._work.amounts[out], prices) * factor
        return held_out


def _alike(one: OperatorWork, other: OperatorWork) -> tuple[FloatArray, FloatArray]:
    """``(n, m)`` in how far operations are the same, 0 to 1, and squared distances of shapes."""
    firsts = np.array(one.firsts)[:, None] == np.array(other.firsts)
    kinds = np.array(one.kinds)[:, None] == np.array(other.kinds)
    squares = (one.shapes**2).sum(axis=1)[:, None] + (other.shapes**2).sum(axis=1)
    return (firsts + kinds) / 2, np.maximum(squares - 2 * one.shapes @ other.shapes.T, 0.0)


def _kernel(alike: tuple[FloatArray, FloatArray], reach: float) -> FloatArray:
    same, squared = alike
    kernel: FloatArray = same * (1 + 2 * np.exp(-squared / (2 * reach**2)))
    return kernel

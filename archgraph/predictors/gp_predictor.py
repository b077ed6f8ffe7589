"""A committee of Gaussian processes on graph features."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from archgraph import _check
from archgraph._threads import one_blas_thread
from archgraph.graph import GraphBatch
from archgraph.predictors.base import Scaled
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.gaussian_process import GaussianProcess
from archgraph.predictors.gp_inputs import Inputs
from archgraph.predictors.gp_kernel import FIRST_ROWS, likely_kernel
from archgraph.typing import FloatArray, IntArray

SHARE_IN_DOUBT = 0.5
"""Of the inputs, for each member."""

COMPARISONS = 4096
"""Rows that all members of a committee compare with; more would take predictions too long."""

LEAST_MEMBERS = 3
"""A committee is not made smaller than this because of ``COMPARISONS``."""

ROWS_EACH = 1024
"""Rows in one task of a thread that predicts."""


class GaussianProcessPredictor(FeaturePredictor):
    """A committee of Gaussian processes with Matérn 3/2 kernels that learn which graph features matter.

    Which of many alike features matter cannot be known from few rows, and the likeliest kernel is too sure of it. Each
    member doubts another random half of the inputs beforehand; the rows can convince it. Their mean predicts.

    Leave-one-out predictions, which need no refitting, give the card's cross-validated figures; they also calibrate
    the standard deviation, enlarged as kernels that are refitted on parts of at most 256 rows suggest. Time grows with
    the cube of the number of rows up to ``inducing`` and in proportion beyond: random rows then decide on the kernels
    (``likelihood_rows``) and are what new architectures are compared with (``inducing``); all rows decide on the
    weights. Fitting uses one thread, so that the same seed gives the same model on every machine.

    Args:
        members: Gaussian processes; fewer, but at least 3, where they would compare with more than 4096 rows together.
        doubt: How much smaller a member expects the logarithms of the rates of the inputs that it doubts to be.
        freedom: How far from what is expected rates may be: deviation of their logarithms.
        steps: At most this many steps to the likeliest kernel; with more than 256 rows most of them on 256.
        likelihood_rows: At most this many rows decide on a kernel.
        inducing: At most this many rows are compared with.
        threads: For predicting; None = all cores.
        seed: Of doubts and of the choice of rows.

    Source:
        Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, https://gaussianprocess.org/gpml; the
        committee is after Ho, "The random subspace method", TPAMI 20(8), 1998, https://doi.org/10.1109/34.709601.
    """

    kind: ClassVar[str] = "gp"

    def __init__(
        self,
        members: int = 16,
        doubt: float = 3.0,
        freedom: float = 2.0,
        steps: int = 60,
        likelihood_rows: int = 1024,
        inducing: int = 2048,
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self.members = members
        self.doubt = doubt
        self.freedom = freedom
        self.steps = steps
        self.likelihood_rows = likelihood_rows
        self.inducing = inducing
        self.threads = threads
        self.seed = seed

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        if not _check.number("freedom", self.freedom) > 0:
            raise ValueError(f"freedom must be above 0, but is {self.freedom}")
        _check.number("doubt", self.doubt)
        for name in ("members", "steps", "likelihood_rows", "inducing"):
            _check.positive_int(name, getattr(self, name))
        rng = np.random.default_rng(_check.seed(self.seed))
        self.inputs_ = Inputs.learn(self.features_, x)
        scaled = self.inputs_(x).astype(np.float64)
        compared = np.sort(rng.permutation(len(z))[: self.inducing])
        self.processes_, left_out = [], []
        with one_blas_thread():
            for _ in range(min(self.members, max(LEAST_MEMBERS, COMPARISONS // len(compared)))):
                expected, rows = self._expected(rng), rng.permutation(len(z))
                decide = rows[: self.likelihood_rows]
                kernel = likely_kernel(scaled[decide], z[decide], expected, self.freedom, self.steps)
                process, without = GaussianProcess.given(kernel, scaled, z, compared)
                self.processes_.append(process)
                left_out.append(without)
            few = rows[:FIRST_ROWS]
            excess = optimism(scaled[few], z[few], expected, self.freedom, self.steps) ** 2 - 1
        # what a kernel can adapt to rows that decide on it falls with their number
        factor = float(np.sqrt(1 + excess * len(few) / len(decide)))
        means, variances = np.stack(left_out, axis=1)
        return Scaled(means.mean(axis=0), np.sqrt(variances.mean(axis=0) + means.var(axis=0)), factor)

    def _expected(self, rng: np.random.Generator) -> FloatArray:
        """What a new member expects the logarithms of the rates to be; a lone one doubts nothing."""
        expected = self.inputs_.expected
        if self.members == 1:
            return expected
        return expected - self.doubt * (rng.random(len(expected)) < SHARE_IN_DOUBT)

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        scaled = self.inputs_(x)
        means, variances = np.zeros((2, len(self.processes_), len(x)))

        def fill(rows: slice) -> None:
            for number, process in enumerate(self.processes_):
                if spread:
                    means[number, rows], variances[number, rows] = process.mean_and_variance(scaled[rows])
                else:
                    means[number, rows] = process.mean(scaled[rows])

        starts = range(0, len(x), ROWS_EACH)
        # NumPy lets other threads work while it does
        with one_blas_thread(), ThreadPoolExecutor(self.threads or os.cpu_count()) as pool:
            if spread:
                list(pool.map(GaussianProcess.prepare, self.processes_))
            list(pool.map(fill, [slice(start, start + ROWS_EACH) for start in starts]))
        return Scaled(means.mean(axis=0), np.sqrt(variances.mean(axis=0) + means.var(axis=0)))

    def _model_parts(self) -> dict[str, bytes]:
        arrays: dict[str, NDArray[Any]] = {}
        for number, process in enumerate(self.processes_):
            arrays |= process.arrays(f"{number}.")
        texts = {"inputs": self.inputs_.state(), "processes": [process.numbers() for process in self.processes_]}
        return {"processes.json": json.dumps(texts).encode(), "processes.safetensors": save(arrays)}

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        texts, arrays = json.loads(parts["processes.json"]), load(parts["processes.safetensors"])
        self.inputs_ = Inputs.from_state(texts["inputs"])
        self.processes_ = [
            GaussianProcess.restored(arrays, f"{number}.", numbers) for number, numbers in enumerate(texts["processes"])
        ]


def optimism(x: FloatArray, z: FloatArray, expected: FloatArray, freedom: float, steps: int, folds: int = 5) -> float:
    """How many times larger errors are than those of leaving one out with a kernel that has seen all rows.

    Args:
        x: ``(n, F)`` standardised inputs, the rows in random order.
        z: ``(n,)`` targets of mean 0.
        expected: As for ``likely_kernel``.
        freedom: As for ``likely_kernel``.
        steps: As for ``likely_kernel``.
        folds: Parts that are held out, one after the other, from a kernel of their own.

    Returns:
        At least 1, at most 2.
    """
    rows: IntArray = np.arange(len(z))
    _, left_out = GaussianProcess.given(likely_kernel(x, z, expected, freedom, steps), x, z, rows)
    fresh = np.empty(len(z))
    for fold in range(folds):
        seen, out = rows[rows % folds != fold], rows[rows % folds == fold]
        kernel = likely_kernel(x[seen], z[seen], expected, freedom, steps)
        fresh[out] = GaussianProcess.given(kernel, x[seen], z[seen], np.arange(len(seen)))[0].mean(x[out])
    inner, outer = np.mean((left_out[0] - z) ** 2), np.mean((fresh - z) ** 2)
    return float(np.sqrt(np.clip(outer / max(inner, 1e-12), 1, 4)))

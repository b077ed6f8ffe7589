"""One training and its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

import numpy as np
import xgboost  # noqa: F401  # a library is kept to one thread only if it is there when the limit is set
from threadpoolctl import threadpool_limits

from archgraph.bench.contestant import contestant
from archgraph.bench.rank_task import RankTask
from archgraph.bench.scores import scores
from archgraph.networks.threads import torch_threads

Scores = dict[str, float | None]
"""Metric to value, None where it is not defined."""


class Run(NamedTuple):
    """Who is trained on what.

    Attributes:
        task: Name of the ``RankTask``.
        method: Predictor, as ``contestant`` knows it.
        size: Training rows.
        seed: Of the split and of the predictor.
    """

    task: str
    method: str
    size: int
    seed: int

    def __str__(self) -> str:
        return f"{self.method} on {self.size:,} rows of {self.task}, seed {self.seed}"


def measured(run: Run, task: RankTask) -> Scores:
    """Every metric of ``run``, on one thread, so that figures do not depend on what runs beside it.

    Only graph features are computed on more. Speeds count everything from genotypes to predictions.

    Raises:
        ValueError: The predictor fails, or predicts something that is not finite.
    """
    who = contestant(run.method)
    train, test = task.divided(run.size, run.seed)
    with _one_thread():
        try:
            model = who.make(run.seed)
            start = perf_counter()
            model.fit(task.graphs(train), train[task.target])
            fitted = perf_counter()
            predicted = np.asarray(model.predict(task.graphs(test)), dtype=np.float64)
            speeds = {"fit_seconds": fitted - start, "archs_per_second": len(test) / (perf_counter() - fitted)}
            std = model.predict(task.graphs(test), return_std=True)[1] if who.deviates else None
            found = scores(predicted, std, test[task.target], train[task.target], task.goal)
        except ValueError as error:
            raise ValueError(f"{run}: {error}") from error
    return {metric: float(value) if np.isfinite(value) else None for metric, value in (found | speeds).items()}


@contextmanager
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1), torch_threads(1):
        yield

"""Devices of the test benchmark: each takes its own time for each operation."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from archgraph.graph import GraphBatch
from archgraph.predictors import KnownDevices
from archgraph.spaces import space

# none, skip, conv 1x1, conv 3x3, pool
PHONE = np.array([0, 0.1, 1.0, 4.0, 0.5])
GPU = np.array([0, 0.5, 1.0, 1.3, 0.9])


def genotypes() -> Any:
    return space("nb201").sample_distinct(240, np.random.default_rng(0))


def latency(costs: np.ndarray, fixed: float = 2.0, noise: float = 0.01, seed: int = 0) -> np.ndarray:
    exact = costs[genotypes()].sum(axis=1) + fixed
    return exact * np.random.default_rng(seed).normal(1, noise, len(exact))


@cache
def graphs() -> GraphBatch:
    return space("nb201").graphs(genotypes())


@cache
def known(rows: int = 120) -> KnownDevices:
    """Learned from the first ``rows`` cells only."""
    measured = {"phone": latency(PHONE, seed=1), "gpu": latency(GPU, seed=2)}
    return KnownDevices.learn(graphs()[:rows], {name: values[:rows] for name, values in measured.items()})

"""A small benchmark: NAS-Bench-201 cells with a made-up accuracy and latency that graphs explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from archgraph.graph import GraphBatch
from archgraph.spaces import space


@dataclass(frozen=True)
class Cells:
    graphs: GraphBatch
    accuracy: np.ndarray
    latency: np.ndarray


@pytest.fixture(scope="session")
def cells() -> Cells:
    rng = np.random.default_rng(0)
    genotypes = space("nb201").sample_distinct(240, rng)
    # gene 3 joins input and output; 0 none, 1 skip, 2 conv 1x1, 3 conv 3x3, 4 pool
    worth = np.array([0, 1, 2, 3, 0.5])[genotypes]
    score = worth.sum(axis=1) + 2 * worth[:, 3] + rng.normal(scale=0.3, size=len(genotypes))
    time = np.array([0, 0.05, 1, 3, 0.8])[genotypes].sum(axis=1) + 0.5
    return Cells(space("nb201").graphs(genotypes), 95 - 40 * np.exp(-score / 6), 1e-3 * time * rng.normal(1, 0.02, 240))

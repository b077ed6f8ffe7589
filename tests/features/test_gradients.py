"""Gradients of random networks, by hand on small graphs."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.features import GraphFeatures
from archgraph.features.gradients import GradientSweeps
from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.graph import ArchGraph, GraphBatch
from tests.graphs import small_graph

CHAIN = small_graph(["input", "conv_norm_act", "output"], [(0, 1), (1, 2)])
RESIDUAL = small_graph(["input", "conv_norm_act", "add", "output"], [(0, 1), (0, 2), (1, 2), (2, 3)])
POOL = small_graph(["input", "avg_pool", "output"], [(0, 1), (1, 2)])
CUT = small_graph(["input", "zero", "output"], [(0, 1), (1, 2)])


def _measured(graphs: list[ArchGraph], passes: int = 4) -> dict[tuple[str, int], list[float]]:
    batch = GraphBatch.from_graphs(graphs)
    tokens = Tokens.learn(batch)
    found = GradientSweeps(Slots.of(batch, tokens, 0, len(batch)), tokens).measures(passes)
    return {key: np.exp(values).tolist() for key, values in found.items()}


def test_values_by_hand() -> None:
    found = _measured([CHAIN, RESIDUAL, POOL])
    # the chain puts out signals of power 1, and its rectifier halves the gradient each time; the residual's power is 2,
    # 3, 4, 5 after each pass, its operation passes back half of the gradient by what it heard and its identity all;
    # pooling leaves .55 of a signal and passes back .3 of a gradient
    last = [0.5, (1 + 0.5 / 4) / 5, 0.3 / 0.55**4]
    assert found["gradient", 1] == pytest.approx(last, rel=1e-4)
    residual = (1 + 0.5 / 4) * (1 + 0.5 / 3) * (1 + 0.5 / 2) * (1 + 0.5) / 5
    assert found["gradient", 4] == pytest.approx([0.5**4, residual, (0.3 / 0.55) ** 4], rel=1e-4)
    # what arrives at the operation, summed over the passes; pooling has nothing to train
    four = (1 + 1.125 + 1.125 * 7 / 6 + 1.125 * 7 / 6 * 1.25) / 5
    assert found["trainability", 1] == pytest.approx([1, 1 / 5, 1e-8], rel=1e-4)
    assert found["trainability", 4] == pytest.approx([1.875, four, 1e-8], rel=1e-4)


def test_what_is_cut_off_has_no_gradient() -> None:
    found = _measured([CUT, CHAIN])
    assert found["gradient", 4][0] == pytest.approx(1e-8, rel=0.1)
    assert found["trainability", 4][0] == pytest.approx(1e-8, rel=0.1)


def test_features_name_them() -> None:
    graphs = [CHAIN, RESIDUAL, POOL, CUT]
    features = GraphFeatures().fit(graphs)
    values = dict(zip(features.get_feature_names_out(), features.transform(graphs).T, strict=True))
    assert values["signal gradient after 4"][:2] == pytest.approx(np.log([0.0625, 0.4921875]), rel=1e-4)

"""Features that mean the same in every space, against a cell worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from archgraph.features import common_features
from archgraph.features.common_features import COLUMNS, FEW, GROUPS
from archgraph.graph import GraphBatch, GraphBuilder
from archgraph.graph.vocabulary import ATTRIBUTE, KINDS, OPS
from archgraph.spaces import space


def test_by_hand() -> None:
    net = GraphBuilder()
    x = net.input(8, 4, 4)
    shape = {"c_in": 8, "c_out": 8, "height": 4, "width": 4, "kernel": 3, "stride": 1}
    branches = [net.add("conv", [x], **shape), net.add("conv", [x], **shape), net.add("identity", [x])]
    net.output(net.add("add", branches))
    (row,) = common_features([net.graph()])
    found = dict(zip(COLUMNS, row, strict=True))
    # each convolution: 8 * 8 * 9 weights, at 16 places
    assert found["params"] == pytest.approx(math.log1p(2 * 576))
    assert found["macs"] == pytest.approx(math.log1p(2 * 576 * 16))
    assert (found["nodes"], found["edges"]) == (6, 7)
    assert (found["total kernel"], found["mean kernel"]) == pytest.approx((2 * math.log(4), math.log(4)))
    assert (found["total expand"], found["mean expand"]) == (0, 0)
    assert (found["count any"], found["count weighted"], found["count passing"]) == (3, 2, 1)
    assert found["share weighted"] == pytest.approx(2 / 3)
    # three paths, two of convolutions only and one without any
    assert found["number any"] == pytest.approx(2)
    assert found["number weighted"] == pytest.approx(math.log2(3))
    assert (found["most weighted"], found["least weighted"]) == (1, 0)
    assert (found["shortest pooling"], found["count pooling"]) == (-1, 0)


@pytest.mark.parametrize("name", ["nb201", "mbv3", "enas", "gnn", "hat"])
def test_a_graph_has_its_values_in_any_batch(name: str) -> None:
    searched = space(name)
    batch = searched.graphs(searched.sample(20, np.random.default_rng(0)))
    whole = common_features(batch)
    assert whole.shape == (20, len(COLUMNS))
    assert np.isfinite(whole).all()
    assert common_features(batch[3:4]) == pytest.approx(whole[3:4])
    assert common_features(list(batch)) == pytest.approx(whole)


def test_positions_play_no_part() -> None:
    searched = space("nb201")
    batch = searched.graphs(searched.sample(50, np.random.default_rng(0)))
    attrs = batch.attrs.copy()
    attrs[:, ATTRIBUTE["position"]] = np.nan
    without = GraphBatch(batch.ops, attrs, batch.node_start, batch.edges, batch.edge_start)
    assert common_features(without) == pytest.approx(common_features(batch))


def test_large_graphs_have_no_signals() -> None:
    net = GraphBuilder()
    x = net.input(8, 4, 4)
    for _ in range(70):
        x = net.add("relu", [x])
    net.output(x)
    searched = space("nb201")
    small = next(iter(searched.graphs(searched.sample(1, np.random.default_rng(0)))))
    found = common_features([small, net.graph(), small])
    signals = [number for number, name in enumerate(COLUMNS) if name.startswith(("agreement", "power", "smoothness"))]
    assert np.all(found[1, signals] == 0)
    assert found[2, signals] == pytest.approx(found[0, signals])
    assert np.any(found[0, signals] != 0)


def test_no_graphs() -> None:
    assert common_features([]).shape == (0, len(COLUMNS))


def test_columns_and_groups_are_of_the_vocabulary() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert set(FEW) < set(COLUMNS)
    assert set().union(*GROUPS.values()) == set(OPS) - {*KINDS["terminal"], *KINDS["merge"]}
    assert not set(GROUPS["weighted"]) & {*GROUPS["pooling"], *GROUPS["passing"]}

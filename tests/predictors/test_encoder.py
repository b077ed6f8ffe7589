"""What the network sees of graphs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from archgraph.graph import GraphBatch
from archgraph.predictors.encoder import NUMBERS, Encoder
from archgraph.predictors.gnn_positions import POSITIONS
from tests.graphs import small_graph
from tests.predictors.encoding import encoded, learned


def test_numbers_that_differ(cells: Any) -> None:
    encoder = learned(cells.graphs)
    possible = {"kernel", "stride", "groups", "bias", "params", "macs", "activation_bytes", *POSITIONS}
    assert {"kernel", "params", "macs", *POSITIONS} <= set(encoder.columns) <= possible
    assert "position" not in NUMBERS


def test_numbers_of_nodes_on_their_scale() -> None:
    one = small_graph(["input", "relu", "relu", "output"], [(0, 1), (1, 2), (2, 3)])
    two = small_graph(["input", "relu", "output"], [(0, 1), (1, 2)])
    batch = GraphBatch.from_graphs([one, two])
    encoder = learned(batch)
    depth = encoded(encoder, batch).numbers[:, encoder.columns.index("from_input")].numpy()
    known = np.array([0, 1, 2, 3, 0, 1, 2])
    assert depth == pytest.approx((known - known.mean()) / known.std(), rel=1e-5)


def test_places() -> None:
    ops, edges = ["input", "conv", "relu", "output"], [(0, 1), (1, 2), (2, 3)]
    train = [small_graph(ops, edges, position={1: 2, 2: 5}), small_graph(ops, edges, position={1: 2, 2: 7})]
    encoder = learned(GraphBatch.from_graphs(train))
    test = small_graph(ops, edges, position={1: 5, 2: 6})
    assert encoded(encoder, GraphBatch.from_graphs(train)).place.tolist() == [0, 1, 2, 0, 0, 1, 3, 0]
    assert encoded(encoder, test.batch()).place.tolist() == [0, 2, 0, 0]
    assert encoder.sizes["places"] == 4


def test_state_survives_json(cells: Any) -> None:
    encoder = learned(cells.graphs)
    copy = Encoder.from_state(json.loads(json.dumps(encoder.state())), encoder.features)
    one, two = encoded(encoder, cells.graphs), encoded(copy, cells.graphs)
    for name in ("token", "place", "numbers", "features"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert copy.sizes == encoder.sizes

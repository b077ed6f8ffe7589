"""What the network sees of graphs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from archgraph.graph import GraphBatch
from archgraph.predictors.encoder import FARTHEST, NUMBERS, Encoder, Scale
from tests.graphs import small_graph


def test_scale_by_hand() -> None:
    # the second column reaches 100: log1p of 0 and e^5 - 1 is 0 and 5; the third never varies
    values = np.array([[1, 0, 7], [3, np.e**5 - 1, np.nan], [np.nan, np.nan, 7]], dtype=np.float32)
    scale = Scale.learn(values)
    assert scale.logarithm.tolist() == [False, True, False]
    assert scale.centre == pytest.approx([2, 2.5, 7])
    assert scale.width == pytest.approx([1, 2.5, 0])
    assert scale(values) == pytest.approx(np.array([[-1, -1, 0], [1, 1, 0], [0, 0, 0]]), abs=1e-5)


def test_what_is_far_off_is_clipped() -> None:
    scale = Scale.learn(np.array([[0], [1]], dtype=np.float32))
    assert scale(np.array([[50], [-50]], dtype=np.float32)).tolist() == [[FARTHEST], [-FARTHEST]]


def test_numbers_that_differ(cells: Any) -> None:
    encoder = Encoder.learn(cells.graphs)
    assert set(encoder.columns) == {"kernel", "stride", "groups", "bias", "params", "macs", "activation_bytes"} & set(
        encoder.columns
    )
    assert {"kernel", "params", "macs"} <= set(encoder.columns)
    assert "height" not in encoder.columns
    assert "position" not in NUMBERS


def test_places() -> None:
    ops, edges = ["input", "conv", "relu", "output"], [(0, 1), (1, 2), (2, 3)]
    train = [small_graph(ops, edges, position={1: 2, 2: 5}), small_graph(ops, edges, position={1: 2, 2: 7})]
    encoder = Encoder.learn(GraphBatch.from_graphs(train))
    test = small_graph(ops, edges, position={1: 5, 2: 6})
    assert encoder.encode(GraphBatch.from_graphs(train)).place.tolist() == [0, 1, 2, 0, 0, 1, 3, 0]
    assert encoder.encode(test.batch()).place.tolist() == [0, 2, 0, 0]
    assert encoder.sizes["places"] == 4


def test_state_survives_json(cells: Any) -> None:
    encoder = Encoder.learn(cells.graphs)
    copy = Encoder.from_state(json.loads(json.dumps(encoder.state())))
    one, two = encoder.encode(cells.graphs), copy.encode(cells.graphs)
    for name in ("token", "place", "numbers", "features"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert copy.sizes == encoder.sizes

"""Graphs side by side in slots."""

from __future__ import annotations

import numpy as np

from archgraph.features.slots import CHUNK_BYTES, Slots, chunks
from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from tests.graphs import small_graph

LONG = small_graph(["input", "conv", "relu", "output"], [(0, 1), (1, 2), (0, 2), (2, 3)])
SHORT = small_graph(["input", "relu", "output"], [(0, 1), (1, 2)])


def test_padded_slots() -> None:
    batch = GraphBatch.from_graphs([LONG, SHORT])
    tokens = Tokens.learn(batch)
    conv, relu = 0, 1
    slots = Slots.of(batch, tokens, 0, 2)
    assert len(slots) == 2
    # the output is in the last slot of both, whatever their length
    assert slots.codes.T.tolist() == [[4, conv, relu, 5], [4, relu, 6, 5]]
    assert slots.arcs.tolist() == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    assert slots.joined.T.tolist() == [[True, True, True, False, True], [True, False, False, True, False]]
    assert list(slots.arriving(2)) == [(0, 1), (1, 2)]
    assert slots.graph_of_node.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_positions_are_slots() -> None:
    ops = ["input", "relu", "output"]
    batch = GraphBatch.from_graphs(
        [small_graph(ops, [(0, 1), (1, 2)], position={1: place}) for place in (0.0, 2.0, 2.0)]
    )
    slots = Slots.of(batch, Tokens.learn(batch), 0, 3)
    assert (slots.codes == 0).argmax(axis=0).tolist() == [1, 3, 3]
    assert len(slots.codes) == 5


def test_positions_out_of_order_are_not() -> None:
    ops = ["input", "relu", "conv", "output"]
    batch = small_graph(ops, [(0, 1), (1, 2), (2, 3)], position={1: 1, 2: 0}).batch()
    assert Slots.of(batch, Tokens.learn(batch), 0, 1).codes[:, 0].tolist() == [4, 1, 0, 5]


def test_part_of_a_batch() -> None:
    batch = GraphBatch.from_graphs([LONG, SHORT, LONG])
    tokens = Tokens.learn(batch)
    part, alone = Slots.of(batch, tokens, 1, 3), Slots.of(batch[1:], tokens, 0, 2)
    assert np.array_equal(part.codes, alone.codes)
    assert np.array_equal(part.joined, alone.joined)


def test_chunks_cover_the_batch_once() -> None:
    batch = GraphBatch.from_graphs([LONG] * 200)
    assert list(chunks(batch, CHUNK_BYTES)) == [(0, 64), (64, 128), (128, 192), (192, 200)]
    assert list(chunks(batch, 1)) == [(0, 200)]
    assert list(chunks(batch[:0], 1)) == []

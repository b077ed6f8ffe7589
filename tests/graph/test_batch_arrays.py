"""Batches as named arrays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from archgraph.graph import GraphBatch
from archgraph.graph.batch_arrays import FIELDS, from_arrays, to_arrays
from archgraph.graph.vocabulary import ATTRIBUTES, OP_CODE, OPS
from archgraph.registry import UnknownNameError
from tests.graphs import random_dag, small_graph


@pytest.fixture(scope="module")
def batch() -> GraphBatch:
    rng = np.random.default_rng(0)
    return GraphBatch.from_graphs([random_dag(rng, nodes=5) for _ in range(3)])


def test_there_and_back(batch: GraphBatch) -> None:
    arrays = to_arrays(batch)
    assert sorted(arrays) == ["attrs", "edge_start", "edges", "node_start", "ops", "vocabulary"]
    assert list(from_arrays(arrays | {"another": np.zeros(3)})) == list(batch)
    assert len(from_arrays(to_arrays(GraphBatch.from_graphs([])))) == 0


def test_activations_inside_blocks_are_translated_too() -> None:
    graph = small_graph(["input", "conv_norm_act", "output"], [(0, 1), (1, 2)], act={1: OP_CODE["hard_swish"]})
    arrays = to_arrays(graph.batch())
    ops = OPS[::-1]
    arrays |= {"vocabulary": np.array(json.dumps({"ops": ops, "attributes": ATTRIBUTES}))}
    arrays |= {"ops": len(OPS) - 1 - arrays["ops"], "attrs": arrays["attrs"].copy()}
    arrays["attrs"][1, ATTRIBUTES.index("act")] = ops.index("hard_swish")
    assert list(from_arrays(arrays)) == [graph]


def test_unknown_names_are_named(batch: GraphBatch) -> None:
    for names, message in (
        ({"ops": [*OPS[:-1], "wormhole"], "attributes": ATTRIBUTES}, "Unknown operation 'wormhole'"),
        ({"ops": OPS, "attributes": [*ATTRIBUTES[:-1], "colour"]}, "Unknown attribute 'colour'"),
    ):
        with pytest.raises(UnknownNameError, match=message):
            from_arrays(to_arrays(batch) | {"vocabulary": np.array(json.dumps(names))})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"vocabulary": np.array("[]")}, "vocabulary must name ops and attributes, but "),
        ({"vocabulary": np.array("{")}, "vocabulary must name ops and attributes, but "),
        ({"ops": np.full(15, len(OPS))}, rf"ops must be in 0\.\.{len(OPS) - 1}, but are not"),
        ({"ops": np.zeros(14, dtype=int)}, r"attrs must have shape \(14, \d+\), but has shape \(15, \d+\)"),
        ({"ops": np.zeros(15)}, "ops must be whole numbers, but is float64"),
        ({"attrs": np.full((15, len(ATTRIBUTES)), "x")}, "attrs must be floats, but is <U1"),
        ({"attrs": np.full((15, len(ATTRIBUTES)), 0.5)}, r"'act' must be numbers of operations in 0\.\."),
        ({"node_start": np.array([0, 10, 5, 15])}, "node_start must ascend from 0 to 15, but does not"),
        ({"node_start": np.array([0, 5, 15])}, r"edge_start must have shape \(3,\), but has shape \(4,\)"),
        ({"edge_start": np.array([1, 2, 3, 4])}, "edge_start must ascend from 0 to "),
    ],
)
def test_arrays_that_do_not_fit(batch: GraphBatch, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_arrays(to_arrays(batch) | changed)


@pytest.mark.parametrize("edge", [(3, 1), (2, 2), (-1, 2), (3, 5)])
def test_edges_that_leave_their_graph(batch: GraphBatch, edge: tuple[int, int]) -> None:
    arrays = to_arrays(batch)
    arrays["edges"] = arrays["edges"].copy()
    arrays["edges"][4] = edge
    with pytest.raises(ValueError, match="edges must go forward between nodes of their graph, but do not"):
        from_arrays(arrays)


@pytest.mark.parametrize("name", ["vocabulary", *FIELDS])
def test_a_missing_array_is_named(batch: GraphBatch, name: str) -> None:
    arrays = to_arrays(batch)
    del arrays[name]
    with pytest.raises(ValueError, match=f"needs the array '{name}', but it is missing"):
        from_arrays(arrays)

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.graph import ArchGraph, GraphBatch
from archgraph.graph.vocabulary import ATTRIBUTES, OP_CODE, OPS
from archgraph.registry import UnknownNameError
from tests.graphs import random_dag


@pytest.fixture(scope="module")
def graphs() -> list[ArchGraph]:
    rng = np.random.default_rng(0)
    return [random_dag(rng) for _ in range(20)]


@pytest.fixture(scope="module")
def batch(graphs: list[ArchGraph]) -> GraphBatch:
    return GraphBatch.from_graphs(graphs)


def test_a_batch_holds_its_graphs(graphs: list[ArchGraph], batch: GraphBatch) -> None:
    assert list(batch) == graphs
    assert len(batch) == 20
    assert batch.shape == (20,)
    assert batch.nodes.tolist() == [len(graph) for graph in graphs]
    assert np.bincount(batch.graph_of_edge).tolist() == [len(graph.edges) for graph in graphs]
    assert GraphBatch.from_graphs(batch) is batch


@pytest.mark.parametrize(
    "index", [slice(3, 9), slice(None, None, -2), [5, 5, -1], np.arange(20) % 3 == 0, np.array([], dtype=int), []]
)
def test_indexing_is_that_of_an_array(graphs: list[ArchGraph], batch: GraphBatch, index: Any) -> None:
    rows = np.arange(20)[np.asarray(index, dtype=np.int64) if isinstance(index, list) else index]
    assert list(batch[index]) == [graphs[row] for row in rows]


def test_single_graphs_by_number(graphs: list[ArchGraph], batch: GraphBatch) -> None:
    assert batch[7] == graphs[7]
    assert batch[np.int64(-1)] == graphs[-1]
    with pytest.raises(IndexError, match="graph 20 of a batch of 20"):
        batch[20]


@pytest.mark.parametrize("index", [(0, 0), (slice(2), slice(2)), [[0, 1]], (0,)])
def test_a_batch_has_one_axis(batch: GraphBatch, index: Any) -> None:
    with pytest.raises(IndexError, match="graphs of a batch"):
        batch[index]
    assert list(batch[[3, 4], ...]) == [batch[3], batch[4]]


def test_concatenation(graphs: list[ArchGraph], batch: GraphBatch) -> None:
    assert list(GraphBatch.concatenate([batch[12:], batch[:12]])) == graphs[12:] + graphs[:12]


def test_items_must_be_graphs(graphs: list[ArchGraph]) -> None:
    with pytest.raises(TypeError, match="graphs must be ArchGraph, but item 1 is str"):
        GraphBatch.from_graphs([graphs[0], "graph"])  # type: ignore[list-item]  # the mistake that is tested


def test_a_single_graph_is_no_batch_of_graphs(graphs: list[ArchGraph]) -> None:
    with pytest.raises(TypeError, match=r"graphs must be a GraphBatch or several ArchGraph, .* pass \[graph\]"):
        GraphBatch.from_graphs(graphs[0])  # type: ignore[arg-type]  # the mistake that is tested


def test_graphs_may_come_one_by_one_or_not_at_all(graphs: list[ArchGraph]) -> None:
    assert list(GraphBatch.from_graphs(graph for graph in graphs)) == graphs
    assert len(GraphBatch.from_graphs([])) == len(GraphBatch.concatenate([])) == 0


def test_graphs_cut_from_a_template() -> None:
    ops = np.array([[OP_CODE[op] for op in ("input", "conv", "relu", "output")]] * 2)
    attrs = np.full((2, 4, len(ATTRIBUTES)), np.nan, np.float32)
    attrs[:, :, 0] = np.arange(8).reshape(2, 4)
    edges = np.array([[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
    present = np.array([[True, True, True, True], [True, False, True, True]])
    linked = np.array([[True, False, True, False, True], [False, True, False, False, True]])
    first, second = GraphBatch.from_template(ops, attrs, present, edges, linked)
    assert first.ops == ("input", "conv", "relu", "output")
    assert first.edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert second.ops == ("input", "relu", "output")
    assert second.edges.tolist() == [[0, 1], [1, 2]]
    assert second.attrs[:, 0].tolist() == [4, 6, 7]


def test_save_and_load(batch: GraphBatch, tmp_path: Path) -> None:
    batch.save(tmp_path / "graphs.npz")
    assert list(GraphBatch.load(tmp_path / "graphs.npz")) == list(batch)
    assert [path.name for path in tmp_path.iterdir()] == ["graphs.npz"]


def rewrite(source: Path, target: Path, **changed: Any) -> None:
    with np.load(source) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(target, **(arrays | changed))


def test_an_older_vocabulary_is_translated(batch: GraphBatch, tmp_path: Path) -> None:
    batch.save(tmp_path / "new.npz")
    ops, attributes = OPS[::-1], ATTRIBUTES[::-1][5:]
    rewrite(
        tmp_path / "new.npz",
        tmp_path / "old.npz",
        vocabulary=np.array(json.dumps({"ops": ops, "attributes": attributes})),
        ops=len(OPS) - 1 - batch.ops,
        attrs=batch.attrs[:, ::-1][:, 5:],
    )
    found = GraphBatch.load(tmp_path / "old.npz")
    assert [graph.ops for graph in found] == [graph.ops for graph in batch]
    assert all(
        np.array_equal(a.attr("kernel"), b.attr("kernel"), equal_nan=True) for a, b in zip(found, batch, strict=True)
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"ops": [*OPS[:-1], "wormhole"], "attributes": ATTRIBUTES}, "Unknown operation 'wormhole'"),
        ({"ops": OPS, "attributes": [*ATTRIBUTES[:-1], "colour"]}, "Unknown attribute 'colour'"),
    ],
)
def test_unknown_names_in_a_file_are_named(batch: GraphBatch, tmp_path: Path, names: Any, message: str) -> None:
    batch.save(tmp_path / "new.npz")
    rewrite(tmp_path / "new.npz", tmp_path / "strange.npz", vocabulary=np.array(json.dumps(names)))
    with pytest.raises(UnknownNameError, match=message):
        GraphBatch.load(tmp_path / "strange.npz")


@pytest.mark.parametrize("changed", [{"ops": np.full(3, 1000)}, {"attrs": np.zeros((3, 2))}, {"vocabulary": "[]"}])
def test_arrays_that_fit_nothing_are_no_batch(batch: GraphBatch, tmp_path: Path, changed: dict[str, Any]) -> None:
    batch.save(tmp_path / "new.npz")
    rewrite(tmp_path / "new.npz", tmp_path / "strange.npz", **changed)
    with pytest.raises(ValueError, match="strange.npz' is damaged or no batch of graphs"):
        GraphBatch.load(tmp_path / "strange.npz")


def altered(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:100], lambda b: b[:-1], altered, lambda b: b"text"])
def test_a_damaged_file_is_named(batch: GraphBatch, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "graphs.npz"
    batch.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="graphs.npz' is damaged or no batch of graphs"):
        GraphBatch.load(path)


def test_a_single_array_is_no_batch(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match="array.npy' is damaged or no batch of graphs"):
        GraphBatch.load(tmp_path / "array.npy")


def test_a_missing_file_or_folder(batch: GraphBatch, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        GraphBatch.load(tmp_path / "none.npz")
    with pytest.raises(OSError, match="cannot write"):
        batch.save(tmp_path / "nowhere" / "graphs.npz")


def test_columns_follow_their_graphs(batch: GraphBatch, tmp_path: Path) -> None:
    given = batch.with_columns({"zen": np.arange(20), "snip": [np.nan] * 20})
    assert batch.columns == {}
    assert given[3:5].columns["zen"].tolist() == [3, 4]
    assert given[given.columns["zen"] > 17].columns["zen"].tolist() == [18, 19]
    assert GraphBatch.concatenate([given[5:], given[:5]]).columns["zen"].tolist() == [*range(5, 20), *range(5)]
    changed = given.with_columns({"zen": np.ones(20)})
    assert changed.columns["zen"].tolist() == [1] * 20
    assert given.columns["zen"][7] == 7
    given.save(tmp_path / "batch.npz")
    loaded = GraphBatch.load(tmp_path / "batch.npz")
    assert list(loaded) == list(batch)
    assert loaded.columns["zen"].tolist() == list(range(20))
    assert np.isnan(loaded.columns["snip"]).all()


def test_columns_must_fit(batch: GraphBatch) -> None:
    with pytest.raises(ValueError, match=r"column 'zen' must have shape \(20,\), but has shape \(3,\)"):
        batch.with_columns({"zen": [1, 2, 3]})
    with pytest.raises(ValueError, match="column 'zen' must be numbers"):
        batch.with_columns({"zen": ["high"] * 20})
    with pytest.raises(ValueError, match="batches must have the same columns, but 0 has .*zen.*, 1 "):
        GraphBatch.concatenate([batch.with_columns({"zen": np.ones(20)}), batch])

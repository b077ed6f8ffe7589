"""Many graphs in flat arrays: the unit of work."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from archgraph._files import read_arrays, whole_file
from archgraph.graph.arch_graph import ArchGraph
from archgraph.graph.vocabulary import ATTRIBUTES, OP_CODE, OPS
from archgraph.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from torch_geometric.data import Batch


class GraphBatch:
    """B graphs; indexing with an int gives an ``ArchGraph``, with a slice, mask or int array a ``GraphBatch``.

    The arrays are trusted: use ``from_graphs`` for graphs that come from outside.

    Attributes:
        ops: ``(sum N,)`` int16, index into ``vocabulary.OPS``.
        attrs: ``(sum N, A)`` float32, NaN where an attribute does not apply.
        node_start: ``(B + 1,)`` int64; nodes of graph b are ``node_start[b]:node_start[b + 1]``.
        edges: ``(sum E, 2)`` int64, node numbers within their own graph, sorted by target, then source.
        edge_start: ``(B + 1,)`` int64.
        columns: Name to ``(B,)`` float64 numbers that are known of the graphs beside their structure, such as
            zero-cost proxies; NaN where one is not known. See ``with_columns``.
    """

    __slots__ = ("attrs", "columns", "edge_start", "edges", "node_start", "ops")

    def __init__(
        self,
        ops: IntArray,
        attrs: FloatArray,
        node_start: IntArray,
        edges: IntArray,
        edge_start: IntArray,
        columns: Mapping[str, FloatArray] | None = None,
    ) -> None:
        self.ops = np.asarray(ops, dtype=np.int16)
        self.attrs = np.asarray(attrs, dtype=np.float32)
        self.node_start = np.asarray(node_start, dtype=np.int64)
        self.edges = np.asarray(edges, dtype=np.int64)
        self.edge_start = np.asarray(edge_start, dtype=np.int64)
        self.columns: dict[str, FloatArray] = dict(columns or {})

    @classmethod
    def from_graphs(cls, graphs: Iterable[ArchGraph] | GraphBatch) -> GraphBatch:
        """``graphs`` one behind the other; a batch is returned as it is.

        Raises:
            TypeError: An item is no ``ArchGraph``, or ``graphs`` is a single one.
        """
        if isinstance(graphs, GraphBatch):
            return graphs
        if isinstance(graphs, ArchGraph):
            raise TypeError("graphs must be a GraphBatch or several ArchGraph, but is a single one; pass [graph]")
        graphs = list(graphs)
        for number, graph in enumerate(graphs):
            if not isinstance(graph, ArchGraph):
                raise TypeError(f"graphs must be ArchGraph, but item {number} is {type(graph).__name__}")
        ops = [OP_CODE[op] for graph in graphs for op in graph.ops]
        attrs = [graph.attrs for graph in graphs]
        edges = [graph.edges for graph in graphs]
        return cls(
            np.array(ops, dtype=np.int16),
            np.concatenate(attrs) if attrs else np.empty((0, len(ATTRIBUTES)), np.float32),
            _starts([len(graph) for graph in graphs]),
            np.concatenate(edges) if edges else np.empty((0, 2), np.int64),
            _starts([len(graph.edges) for graph in graphs]),
        )

    @classmethod
    def from_template(
        cls, ops: IntArray, attrs: FloatArray, present: BoolArray, edges: IntArray, edge_present: BoolArray
    ) -> GraphBatch:
        """Graphs that are parts of one template: how spaces build batches without a loop.

        Args:
            ops: ``(B, M)`` op codes of the template's M slots.
            attrs: ``(B, M, A)``.
            present: ``(B, M)``, which slots graph b has.
            edges: ``(L, 2)`` slot numbers, sorted by target, then source.
            edge_present: ``(B, L)``; an edge of b must join slots that b has.
        """
        number = np.cumsum(present, axis=1) - 1
        graph, edge = np.nonzero(edge_present)
        ends = edges[edge]
        return cls(
            ops[present],
            attrs[present],
            _starts(present.sum(axis=1)),
            np.stack([number[graph, ends[:, 0]], number[graph, ends[:, 1]]], axis=1),
            _starts(edge_present.sum(axis=1)),
        )

    @classmethod
    def concatenate(cls, batches: Sequence[GraphBatch]) -> GraphBatch:
        """All graphs of ``batches``, in order.

        Raises:
            ValueError: They have different columns.
        """
        if not batches:
            return cls.from_graphs([])
        names = list(batches[0].columns)
        for number, batch in enumerate(batches):
            if set(batch.columns) != set(names):
                raise ValueError(f"batches must have the same columns, but 0 has {names}, {number} {[*batch.columns]}")
        return cls(
            np.concatenate([batch.ops for batch in batches]),
            np.concatenate([batch.attrs for batch in batches]),
            _starts(np.concatenate([batch.nodes for batch in batches])),
            np.concatenate([batch.edges for batch in batches]),
            _starts(np.concatenate([np.diff(batch.edge_start) for batch in batches])),
            {name: np.concatenate([batch.columns[name] for batch in batches]) for name in names},
        )

    def with_columns(self, columns: Mapping[str, ArrayLike]) -> GraphBatch:
        """The same graphs, and numbers that are known of each: predictors take them as inputs beside the structure.

        Slices, masks and scikit-learn's splitters take them along; a single ``ArchGraph`` has none.

        Args:
            columns: Name to ``(B,)`` numbers, NaN where one is not known; of a name that is there already the new ones
                count.

        Raises:
            ValueError: A column has another length or is not numeric.
        """
        joined = dict(self.columns)
        for name, values in columns.items():
            try:
                joined[name] = np.asarray(values, dtype=np.float64)
            except (TypeError, ValueError) as error:
                raise ValueError(f"column {name!r} must be numbers: {error}") from error
            if joined[name].shape != self.shape:
                raise ValueError(f"column {name!r} must have shape {self.shape}, but has shape {joined[name].shape}")
        return GraphBatch(self.ops, self.attrs, self.node_start, self.edges, self.edge_start, joined)

    def __len__(self) -> int:
        return len(self.node_start) - 1

    @property
    def shape(self) -> tuple[int]:
        """``(B,)``, so that scikit-learn indexes a batch like an array."""
        return (len(self),)

    @property
    def nodes(self) -> IntArray:
        """``(B,)`` nodes of each graph."""
        return np.diff(self.node_start)

    @property
    def graph_of_node(self) -> IntArray:
        """``(sum N,)`` the graph that each node belongs to."""
        return np.repeat(np.arange(len(self)), self.nodes)

    @property
    def graph_of_edge(self) -> IntArray:
        """``(sum E,)`` the graph that each edge belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.edge_start))

    def __iter__(self) -> Iterator[ArchGraph]:
        return (self[b] for b in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> ArchGraph: ...
    @overload
    def __getitem__(self, index: slice | IntArray | BoolArray | Sequence[int]) -> GraphBatch: ...
    def __getitem__(self, index: int | slice | IntArray | BoolArray | Sequence[int]) -> ArchGraph | GraphBatch:
        if isinstance(index, tuple):
            rest: tuple[Any, ...] = index[1:]
            if len(rest) != 1 or rest[0] is not Ellipsis:
                raise IndexError(f"graphs of a batch have one index, but {len(index)} are given")
            # how scikit-learn takes rows of anything that has a shape
            index = index[0]
        if isinstance(index, int | np.integer):
            if not -len(self) <= index < len(self):
                raise IndexError(f"graph {index} of a batch of {len(self)}")
            b = int(index) % len(self)
            nodes = slice(self.node_start[b], self.node_start[b + 1])
            edges = slice(self.edge_start[b], self.edge_start[b + 1])
            return ArchGraph(tuple(OPS[code] for code in self.ops[nodes]), self.edges[edges], self.attrs[nodes])
        if not isinstance(index, slice):
            index = np.asarray(index if np.size(index) else np.empty(0, dtype=np.int64))
            if index.ndim != 1:
                raise IndexError(f"graphs of a batch are indexed by numbers in one row, but given are {index.shape}")
        rows = np.arange(len(self))[index]
        node_rows, node_start = _ranges(self.node_start, rows)
        edge_rows, edge_start = _ranges(self.edge_start, rows)
        columns = {name: values[rows] for name, values in self.columns.items()}
        return GraphBatch(
            self.ops[node_rows], self.attrs[node_rows], node_start, self.edges[edge_rows], edge_start, columns
        )

    def __repr__(self) -> str:
        return f"GraphBatch({len(self)} graphs, {len(self.ops)} nodes, {len(self.edges)} edges)"

    def fingerprints(self) -> IntArray:
        """``(B,)`` uint64, equal for isomorphic graphs; see ``fingerprint``."""
        from archgraph.graph.fingerprint import fingerprints

        return fingerprints(self)

    def costs(self) -> dict[str, FloatArray]:
        """``params``, ``macs`` and ``activation_bytes``, ``(B,)`` each; see ``costs``."""
        from archgraph.graph.costs import batch_costs

        return batch_costs(self)

    def to_pyg(self) -> Batch:
        """torch-geometric ``Batch`` with the fields of ``ArchGraph.to_pyg``, built without a loop over graphs."""
        from archgraph.graph.interchange import batch_to_pyg

        return batch_to_pyg(self)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Named arrays, what files hold of a batch; see ``batch_arrays``."""
        from archgraph.graph.batch_arrays import to_arrays

        return to_arrays(self)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> GraphBatch:
        """The inverse of ``to_arrays``, also with an older vocabulary; other arrays are passed over.

        Raises:
            UnknownNameError: An operation or an attribute is not in the vocabulary.
            ValueError: An array is missing or does not fit the others.
        """
        from archgraph.graph.batch_arrays import from_arrays

        return from_arrays(arrays)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the batch to one npz file, whole or not at all.

        Raises:
            OSError: The file cannot be written.
        """
        with whole_file(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **self.to_arrays())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> GraphBatch:
        """Read what ``save`` wrote, also with an older vocabulary.

        Raises:
            OSError: The file cannot be read.
            UnknownNameError: It holds an operation or an attribute that is not in the vocabulary.
            ValueError: It is truncated, altered or no batch of graphs.
        """
        arrays = read_arrays(path, "batch of graphs")
        try:
            return cls.from_arrays(arrays)
        except ValueError as error:
            raise ValueError(f"{str(path)!r} is damaged or no batch of graphs: {error}") from error


def _starts(lengths: Sequence[int] | IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))]).astype(np.int64)


def _ranges(starts: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Flat indices of the ranges ``rows``, and the starts of the ranges among them."""
    lengths = np.diff(starts)[rows]
    new = _starts(lengths)
    return np.arange(new[-1]) + np.repeat(starts[rows] - new[:-1], lengths), new

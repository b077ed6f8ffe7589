"""Batches of graphs as the tensors that the network takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch_geometric import EdgeIndex

from archgraph.typing import FloatArray, IntArray


@dataclass(frozen=True)
class GraphTensors:
    """B graphs, N nodes in all, for M members that see the same graphs.

    Attributes:
        token: ``(N,)`` code of each node's operation.
        place: ``(N,)`` 1 + the number of its position, 0 where it has none.
        numbers: ``(N, A)`` standardised attributes and costs.
        forward: Edges among M copies of the nodes, to sum over the sources of each.
        backward: The same edges turned around, to sum over the targets.
        graph: ``(N,)`` the graph of each node.
        last: ``(B,)`` the last node of each graph, its output.
        share: ``(N, 1)`` 1 / nodes of the graph.
        features: ``(B, F)`` standardised graph features.
    """

    token: Tensor
    place: Tensor
    numbers: Tensor
    forward: EdgeIndex
    backward: EdgeIndex
    graph: Tensor
    last: Tensor
    share: Tensor
    features: Tensor


@dataclass(frozen=True)
class EncodedGraphs:
    """B graphs as arrays, of which any rows become tensors quickly.

    Attributes:
        token: ``(sum N,)`` int64.
        place: ``(sum N,)`` int64.
        numbers: ``(sum N, A)`` float32.
        features: ``(B, F)`` float32.
        node_start: ``(B + 1,)``.
        edges: ``(sum E, 2)`` node numbers within their own graph.
        edge_start: ``(B + 1,)``.
    """

    token: IntArray
    place: IntArray
    numbers: FloatArray
    features: FloatArray
    node_start: IntArray
    edges: IntArray
    edge_start: IntArray

    def __len__(self) -> int:
        return len(self.features)

    def tensors(self, members: int, rows: IntArray | None = None) -> GraphTensors:
        """The graphs ``rows``, in their order, for M ``members``; all rows unless given."""
        rows = np.arange(len(self)) if rows is None else rows
        nodes, node_start = _flat(self.node_start, rows)
        edge_rows, edge_start = _flat(self.edge_start, rows)
        lengths = np.diff(node_start)
        ends = self.edges[edge_rows] + np.repeat(node_start[:-1], np.diff(edge_start))[:, None]
        backward = ends[np.argsort(ends[:, 0], kind="stable"), ::-1]
        return GraphTensors(
            token=torch.from_numpy(self.token[nodes]),
            place=torch.from_numpy(self.place[nodes]),
            numbers=torch.from_numpy(self.numbers[nodes]),
            forward=_edges(ends, len(nodes), members),
            backward=_edges(backward, len(nodes), members),
            graph=torch.from_numpy(np.repeat(np.arange(len(rows)), lengths)),
            last=torch.from_numpy(node_start[1:] - 1),
            share=torch.from_numpy(np.repeat(1 / lengths, lengths).astype(np.float32)[:, None]),
            features=torch.from_numpy(self.features[rows]),
        )


def _flat(starts: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Flat indices of the ranges ``rows``, and where each begins among them."""
    lengths = np.diff(starts)[rows]
    begin = np.concatenate([[0], np.cumsum(lengths)])
    return np.arange(begin[-1]) + np.repeat(starts[rows] - begin[:-1], lengths), begin


def _edges(ends: IntArray, nodes: int, members: int) -> EdgeIndex:
    """Edges ``(E, 2)``, sorted by target, among each member's copy of the nodes; what products need is cached."""
    copies = np.ascontiguousarray(ends.T)[:, None] + nodes * np.arange(members)[:, None]
    size = nodes * members
    return EdgeIndex(torch.from_numpy(copies.reshape(2, -1)), sparse_size=(size, size), sort_order="col").fill_cache_()

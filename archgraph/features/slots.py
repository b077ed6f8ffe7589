"""Graphs of one chunk side by side: slot by slot, with the batch axis contiguous."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import ATTRIBUTE
from archgraph.typing import BoolArray, FloatArray, IntArray

CHUNK_BYTES = 1 << 23
"""Working memory that the largest arrays of one chunk may take, roughly."""


@dataclass(frozen=True)
class Slots:
    """B graphs padded to S slots in topological order; the last slot holds the last node of each graph.

    Attributes:
        codes: ``(S, B)`` uint8 token codes; T + 4 where a graph has no node.
        arcs: ``(L, 2)`` all pairs of slots that some graph joins, sorted by target.
        joined: ``(L, B)`` whether the graph has that edge.
        graph_of_node: ``(sum N,)``.
        code_of_node: ``(sum N,)``.
        attrs: ``(sum N, A)`` attributes of the nodes.
    """

    codes: IntArray
    arcs: IntArray
    joined: BoolArray
    graph_of_node: IntArray
    code_of_node: IntArray
    attrs: FloatArray

    @classmethod
    def of(cls, batch: GraphBatch, tokens: Tokens, first: int, last: int) -> Slots:
        """The graphs ``first:last`` of ``batch``."""
        node_start = batch.node_start[first : last + 1]
        edge_start = batch.edge_start[first : last + 1]
        nodes, edges = slice(node_start[0], node_start[-1]), batch.edges[edge_start[0] : edge_start[-1]]
        starts, lengths = node_start - node_start[0], np.diff(node_start)
        slot, size = _placed(starts, lengths, batch.attrs[nodes, ATTRIBUTE["position"]])
        graph = np.repeat(np.arange(last - first), lengths)
        code = tokens.encode(batch.ops[nodes], batch.attrs[nodes])
        codes = np.full((size, last - first), len(tokens) + 4, dtype=np.uint8)
        codes[slot, graph] = code
        graph_of_edge = np.repeat(np.arange(last - first), np.diff(edge_start))
        start = starts[graph_of_edge]
        pair = slot[start + edges[:, 1]] * size + slot[start + edges[:, 0]]
        used = np.flatnonzero(np.bincount(pair, minlength=size * size))
        number = np.zeros(size * size, dtype=np.int64)
        number[used] = np.arange(len(used))
        joined = np.zeros((len(used), last - first), dtype=bool)
        joined[number[pair], graph_of_edge] = True
        arcs = np.stack([used % size, used // size], axis=1)
        return cls(codes, arcs, joined, graph, code, batch.attrs[nodes])

    def __len__(self) -> int:
        return int(self.codes.shape[1])

    def arriving(self, slot: int) -> Iterator[tuple[int, int]]:
        """Sources of ``slot`` in any graph, each with the number of its arc."""
        for arc in np.flatnonzero(self.arcs[:, 1] == slot).tolist():
            yield int(self.arcs[arc, 0]), arc


def _placed(starts: IntArray, lengths: IntArray, positions: FloatArray) -> tuple[IntArray, int]:
    """``(sum N,)`` slot of each node, and the number of slots.

    Nodes of a template go to the slot of their position, so that the arcs of a batch are those of the template.
    """
    number = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    ends = starts[1:][lengths > 0] - 1
    slot, last = _with_last(np.where(np.isnan(positions), number, positions + 1).astype(np.int64), ends)
    ordered = (np.diff(slot) > 0) | (number[1:] == 0)
    if slot.min(initial=0) < 0 or last > 4 * lengths.max(initial=1) or not ordered.all():
        slot, last = _with_last(number, ends)
    return slot, last + 1


def _with_last(slot: IntArray, ends: IntArray) -> tuple[IntArray, int]:
    """``slot`` with the nodes ``ends`` behind all others, and the slot where they are."""
    slot = slot.copy()
    slot[ends] = -1
    last = int(slot.max(initial=-1)) + 1
    slot[ends] = last
    return slot, last


def chunks(batch: GraphBatch, bytes_per_slot: int) -> Iterator[tuple[int, int]]:
    """Ranges of graphs that fit into ``CHUNK_BYTES`` when a slot of a graph takes ``bytes_per_slot``."""
    slots = int(batch.nodes.max(initial=1))
    size = max(64, CHUNK_BYTES // (slots * bytes_per_slot))
    for first in range(0, len(batch), size):
        yield first, min(first + size, len(batch))

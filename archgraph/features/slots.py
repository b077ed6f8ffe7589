"""Graphs of one chunk side by side: slot by slot, with the batch axis contiguous."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from archgraph.typing import FloatArray, IntArray

CHUNK_BYTES = 1 << 24
"""Working memory that one chunk's arrays may take, roughly."""


@dataclass(frozen=True)
class Slots:
    """B graphs padded to S slots; slot s is the graph's node s.

    Attributes:
        codes: ``(S, B)`` uint8 token codes; ``absent`` where a graph has fewer nodes.
        arcs: ``(L, 2)`` all pairs of slots that some graph joins, sorted by target.
        joined: ``(L, B)`` uint8, 255 where the graph has that edge, else 0.
        graph_of_node: ``(sum N,)``.
        slot_of_node: ``(sum N,)``.
        attrs: ``(sum N, A)`` attributes of the nodes.
    """

    codes: IntArray
    arcs: IntArray
    joined: IntArray
    graph_of_node: IntArray
    slot_of_node: IntArray
    attrs: FloatArray

    @classmethod
    def of(cls, batch: GraphBatch, tokens: Tokens, first: int, last: int) -> Slots:
        """The graphs ``first:last`` of ``batch``."""
        node_start = batch.node_start[first : last + 1]
        edge_start = batch.edge_start[first : last + 1]
        nodes = slice(node_start[0], node_start[-1])
        lengths = np.diff(node_start)
        graph = np.repeat(np.arange(last - first), lengths)
        slot = np.arange(len(graph)) - np.repeat(node_start[:-1] - node_start[0], lengths)
        size = int(lengths.max(initial=0))
        codes = np.full((size, last - first), len(tokens) + 4, dtype=np.uint8)
        codes[slot, graph] = tokens.encode(batch.ops[nodes], batch.attrs[nodes])
        edges = batch.edges[edge_start[0] : edge_start[-1]]
        pair = edges[:, 1] * size + edges[:, 0]
        used = np.flatnonzero(np.bincount(pair, minlength=size * size))
        number = np.zeros(size * size, dtype=np.int64)
        number[used] = np.arange(len(used))
        joined = np.zeros((len(used), last - first), dtype=np.uint8)
        joined[number[pair], np.repeat(np.arange(last - first), np.diff(edge_start))] = 255
        return cls(codes, np.stack([used % size, used // size], axis=1), joined, graph, slot, batch.attrs[nodes])

    def __len__(self) -> int:
        return self.codes.shape[1]

    def arriving(self, slot: int) -> Iterator[tuple[int, IntArray]]:
        """Sources of ``slot`` in any graph, each with its ``(B,)`` row of ``joined``."""
        for arc in np.flatnonzero(self.arcs[:, 1] == slot):
            yield int(self.arcs[arc, 0]), self.joined[arc]


def chunks(batch: GraphBatch, bytes_per_slot: int) -> Iterator[tuple[int, int]]:
    """Ranges of graphs that fit into ``CHUNK_BYTES`` when a slot of a graph takes ``bytes_per_slot``."""
    slots = int(batch.nodes.max(initial=1))
    size = max(64, CHUNK_BYTES // (slots * bytes_per_slot))
    for first in range(0, len(batch), size):
        yield first, min(first + size, len(batch))

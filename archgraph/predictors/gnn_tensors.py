"""Batches of graphs as the tensors that the network takes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from archgraph.predictors.gnn_sums import MemberSums

FARTHEST_STEPS = 8
"""Nodes that are more edges apart than this count as this far."""


@dataclass(frozen=True)
class GraphTensors:
    """B graphs, N nodes in all, for M members that see the same graphs; S is the number of nodes of the largest.

    Attributes:
        members: M.
        token: ``(N,)`` code of each node's operation.
        place: ``(N,)`` 1 + the number of its position, 0 where it has none.
        numbers: ``(N, A)`` standardised attributes and costs.
        edges: ``(2, E)`` sources and targets among the N nodes.
        graph: ``(N,)`` the graph of each node.
        start: ``(B + 1,)`` first node of each graph, and N.
        features: ``(B, F)`` standardised graph features.
    """

    members: int
    token: Tensor
    place: Tensor
    numbers: Tensor
    edges: Tensor
    graph: Tensor
    start: Tensor
    features: Tensor

    @cached_property
    def heard(self) -> MemberSums:
        """Of what each node says to itself, to its targets and to its sources, ``3 N`` rows, what each node hears."""
        nodes, (sources, targets) = len(self.graph), self.edges
        node = torch.arange(nodes, device=self.graph.device)
        rows = torch.cat([node, targets, sources])
        columns = torch.cat([3 * node, 3 * sources + 1, 3 * targets + 2])
        return MemberSums(rows, columns, self._ones(len(rows)), (nodes, 3 * nodes), self.members)

    @cached_property
    def read(self) -> MemberSums:
        """Of each graph the last node, its output, and the mean of all nodes: ``2 B`` rows of ``N``."""
        nodes, graphs = len(self.graph), len(self.features)
        counted = torch.arange(max(nodes, graphs), device=self.graph.device)
        rows = torch.cat([2 * counted[:graphs], 2 * self.graph + 1])
        columns = torch.cat([self.start[1:] - 1, counted[:nodes]])
        share = 1 / self.start.diff().to(self.numbers.dtype)
        weights = torch.cat([self._ones(graphs), share[self.graph]])
        return MemberSums(rows, columns, weights, (2 * graphs, nodes), self.members)

    @cached_property
    def both_ways(self) -> Tensor:
        """``(2, 2 E)`` the edges and the same turned around."""
        return torch.cat([self.edges, self.edges.flip(0)], dim=1)

    @cached_property
    def steps(self) -> Tensor:
        """``(B, S, S)`` edges on the shortest path to a node from another, one more than the most where none leads."""
        graphs, size = len(self.features), self._largest
        linked = self.numbers.new_zeros(graphs * size, size)
        sources, targets = self._slot[self.edges]
        linked[targets, sources % size] = 1
        linked = linked.view(graphs, size, size) + torch.eye(size, device=linked.device)
        reached = torch.eye(size, device=linked.device).expand_as(linked)
        steps = torch.zeros_like(linked)
        for _ in range(FARTHEST_STEPS):
            steps += 1 - reached
            reached = (linked @ reached).clamp(max=1)
        longest = FARTHEST_STEPS
        while longest < size:
            reached = (reached @ reached).clamp(max=1)
            longest *= 2
        return torch.where(reached > 0, steps, FARTHEST_STEPS + 1).long()

    def padded(self, x: Tensor) -> Tensor:
        """``(M, N, H)`` rows of nodes as ``(M, B, S, H)``, 0 where a graph has no such node."""
        members, _, width = x.shape
        graphs, size = len(self.features), self._largest
        spaced = x.new_zeros(members, graphs * size, width).index_copy(1, self._slot, x)
        return spaced.view(members, graphs, size, width)

    def flat(self, x: Tensor) -> Tensor:
        """The inverse of ``padded``."""
        return x.flatten(1, 2).index_select(1, self._slot)

    @cached_property
    def _largest(self) -> int:
        return int(self.start.diff().max())

    @cached_property
    def _slot(self) -> Tensor:
        """``(N,)`` where each node is among ``B S``."""
        number = torch.arange(len(self.graph), device=self.graph.device) - self.start[self.graph]
        return self.graph * self._largest + number

    def _ones(self, count: int) -> Tensor:
        return self.numbers.new_ones(count)


@dataclass(frozen=True)
class EncodedGraphs:
    """B graphs, of which any rows become the network's tensors quickly, on the device where these are.

    Attributes:
        token: ``(sum N,)`` int64.
        place: ``(sum N,)`` int64.
        numbers: ``(sum N, A)`` float32.
        features: ``(B, F)`` float32.
        node_start: ``(B + 1,)``.
        edges: ``(sum E, 2)`` node numbers within their own graph.
        edge_start: ``(B + 1,)``.
    """

    token: Tensor
    place: Tensor
    numbers: Tensor
    features: Tensor
    node_start: Tensor
    edges: Tensor
    edge_start: Tensor

    def __len__(self) -> int:
        return len(self.features)

    @classmethod
    def from_arrays(cls, **arrays: NDArray[Any]) -> Self:
        """The graphs that arrays named as the attributes describe."""
        # torch warns of arrays that it must not write to
        own = {name: array if array.flags.writeable else array.copy() for name, array in arrays.items()}
        return cls(**{name: torch.from_numpy(array) for name, array in own.items()})

    @property
    def largest(self) -> int:
        """Nodes of the largest graph."""
        return int(self.node_start.diff().max())

    def to(self, device: torch.device) -> Self:
        """The same graphs on another device."""
        return type(self)(**{field.name: getattr(self, field.name).to(device) for field in fields(self)})

    def tensors(self, members: int, rows: Tensor | None = None) -> GraphTensors:
        """The graphs ``rows``, in their order, for M ``members``; all rows unless given."""
        if rows is None:
            rows = torch.arange(len(self), device=self.features.device)
        nodes, start, graph = _ranges(self.node_start, rows)
        edges, _, graph_of_edge = _ranges(self.edge_start, rows)
        return GraphTensors(
            members=members,
            token=self.token[nodes],
            place=self.place[nodes],
            numbers=self.numbers[nodes],
            edges=(self.edges[edges] + start[graph_of_edge, None]).T.contiguous(),
            graph=graph,
            start=start,
            features=self.features[rows],
        )


def _ranges(starts: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Flat indices of the ranges ``rows``, where each range begins among them, and which range each belongs to."""
    first = starts[rows]
    lengths = starts[rows + 1] - first
    begin = functional.pad(lengths.cumsum(0), (1, 0))
    which = torch.repeat_interleave(lengths)
    return torch.arange(len(which), device=which.device) + (first - begin[:-1])[which], begin, which

"""Attention of nodes to those that feed them and to those that they feed, near or far."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from archgraph.predictors.gnn_members import updated
from archgraph.predictors.gnn_tensors import FARTHEST_STEPS, GraphTensors


class AttentionLayer(nn.Module):
    """One look around: each node attends to its ancestors and, apart from them, to its descendants.

    A node sees itself and all nodes that a path leads from, or to. How near they are is a bias that is learned for
    each number of edges between them; a gate, which the node sets for each channel, decides how much is let in.

    Args:
        members: M.
        width: H.
        generator: Draws the weights.

    Source:
        Attention restricted to what is reachable: Luo, Thost and Shi, "Transformers over Directed Acyclic Graphs",
        NeurIPS 2023, https://arxiv.org/abs/2210.13148. Biases by distance: Ying et al., "Do Transformers Really
        Perform Bad for Graph Representation?", NeurIPS 2021, https://arxiv.org/abs/2106.05234.
    """

    def __init__(self, members: int, width: int, generator: Generator) -> None:
        super().__init__()
        scale = width**-0.5
        # for each direction: query, key and gate
        self.asked = nn.Parameter(torch.randn(members, width, 6 * width, generator=generator) * scale)
        # the node's own state, and what it tells in each direction
        self.said = nn.Parameter(torch.randn(members, width, 3 * width, generator=generator) * scale / 3**0.5)
        self.near = nn.Parameter(torch.zeros(members, 2, FARTHEST_STEPS + 1))

    def forward(self, h: Tensor, graphs: GraphTensors) -> Tensor:
        """New states ``(M, N, H)`` of the nodes."""
        weights = torch.cat([self.said, self.asked], dim=2)
        own, *spread = torch.bmm(h, weights).tensor_split(9, dim=2)
        padded = [graphs.padded(x) for x in (*spread[:2], *spread[2:6])]
        heard = own
        for direction, steps in enumerate((graphs.steps, graphs.steps.transpose(1, 2))):
            told, query, key = padded[direction], padded[2 + direction], padded[4 + direction]
            logits = query @ key.transpose(2, 3) / h.shape[2] ** 0.5 + self._bias(direction, steps)
            seen = graphs.flat(logits.softmax(-1) @ told)
            heard = heard + 2 * torch.sigmoid(spread[6 + direction]) * seen
        return updated(h, heard)

    def _bias(self, direction: int, steps: Tensor) -> Tensor:
        """``(M, B, S, S)``; minus infinity where no path leads."""
        table = self.near[:, direction]
        apart = torch.cat([table, table.new_full((len(table), 1), -torch.inf)], dim=1)
        return apart.index_select(1, steps.flatten()).view(-1, *steps.shape)

"""A graph network that gives every graph a score, several members side by side."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from archgraph.predictors.gnn_layers import layer_maker
from archgraph.predictors.gnn_members import MemberEmbedding, MemberLinear
from archgraph.predictors.gnn_tensors import GraphTensors


class CommitteeNetwork(nn.Module):
    """M members that each give every graph a score; they share nothing but the pass over the data.

    A score is read off the output node, the mean over all nodes and the graph features, by a small network and, from
    the features, a linear map besides.

    Args:
        tokens: Codes of operations.
        places: Codes of positions.
        numbers: Attributes of nodes.
        features: Features of graphs.
        members: M.
        width: H, channels of each member.
        depth: Number of exchanges of messages.
        dropout: Share of the channels before and inside the readout that are dropped in training.
        layer: Name of the layers that exchange them, see ``gnn_layers.LAYERS``.
        seed: Of weights and dropped channels.

    Raises:
        UnknownNameError: There is no such layer.
    """

    def __init__(
        self,
        tokens: int,
        places: int,
        numbers: int,
        features: int,
        members: int,
        width: int,
        depth: int,
        dropout: float,
        layer: str = "flow",
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.members = members
        self.dropout = dropout
        self.seed = seed
        make = layer_maker(layer)
        # weights are drawn on the CPU, so that they are the same for all devices
        generator = Generator().manual_seed(seed)
        self.token = MemberEmbedding(members, tokens, width, 1.0, generator)
        self.place = MemberEmbedding(members, places, width, 0.3, generator)
        self.number = MemberLinear(members, numbers, width, generator)
        self.layers = nn.ModuleList([make(members, width, generator) for _ in range(depth)])
        self.feature = MemberLinear(members, features, width, generator)
        self.hidden = MemberLinear(members, 3 * width, width, generator)
        self.score = MemberLinear(members, width, 1, generator)
        self.direct = MemberLinear(members, features, 1, generator)
        nn.init.zeros_(self.direct.weight)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.score.weight.device

    def forward(self, graphs: GraphTensors, dropping: Generator | None = None) -> Tensor:
        """``(M, B)`` scaled predictions.

        Args:
            graphs: B graphs on the device of the weights.
            dropping: Draws the channels to drop, on the same device; none are dropped unless given.
        """
        h = self.number(self._shared(graphs.numbers)) + self.token(graphs.token) + self.place(graphs.place)
        for layer in self.layers:
            h = layer(h, graphs)
        features = self._shared(graphs.features)
        nodes = graphs.read(h).view(self.members, len(graphs.features), -1)
        read = torch.cat([nodes, functional.relu(self.feature(features))], dim=2)
        hidden = functional.relu(self.hidden(self._dropped(read, dropping)))
        scores: Tensor = self.score(self._dropped(hidden, dropping)) + self.direct(features)
        return scores.squeeze(2)

    def _shared(self, x: Tensor) -> Tensor:
        """``(N, I)`` for all members."""
        return x.expand(self.members, -1, -1)

    def _dropped(self, x: Tensor, dropping: Generator | None) -> Tensor:
        if dropping is None or not self.dropout:
            return x
        kept = torch.empty_like(x).bernoulli_(1 - self.dropout, generator=dropping)
        return x * kept / (1 - self.dropout)

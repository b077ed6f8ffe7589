"""A graph network that passes messages along and against the edges, several members side by side."""

from __future__ import annotations

import warnings

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch_geometric import EdgeIndex

from archgraph.predictors.gnn_tensors import GraphTensors


class MemberLinear(nn.Module):
    """M linear maps side by side: ``(M, N, I)`` to ``(M, N, O)``.

    Args:
        members: M.
        inputs: I.
        outputs: O.
        generator: Draws the weights.
    """

    def __init__(self, members: int, inputs: int, outputs: int, generator: Generator) -> None:
        super().__init__()
        weight = torch.randn(members, inputs, outputs, generator=generator) / max(inputs, 1) ** 0.5
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Apply member m's map to ``x[m]``."""
        return torch.baddbmm(self.bias, x, self.weight)


class MemberEmbedding(nn.Module):
    """M tables side by side: ``(N,)`` codes to ``(M, N, H)``."""

    def __init__(self, members: int, codes: int, width: int, scale: float, generator: Generator) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, codes, width, generator=generator) * scale)

    def forward(self, codes: Tensor) -> Tensor:
        """Look ``codes`` up in all tables."""
        return self.weight.index_select(1, codes)


class FlowLayer(nn.Module):
    """One exchange of messages: each node hears the sum of its sources and the sum of its targets.

    Source:
        After the bidirectional flows of Akhauri and Abdelfattah, "Encodings for Prediction-based Neural Architecture
        Search", ICML 2024, https://arxiv.org/abs/2403.02484.
    """

    def __init__(self, members: int, width: int, generator: Generator) -> None:
        super().__init__()
        weights = torch.randn(3, members, width, width, generator=generator) / (3 * width) ** 0.5
        self.weights = nn.Parameter(weights)

    def forward(self, h: Tensor, graphs: GraphTensors) -> Tensor:
        """New states ``(M, N, H)`` of the nodes."""
        own, *others = self.weights
        mixed = torch.bmm(h, own)
        for edges, weight in zip((graphs.forward, graphs.backward), others, strict=True):
            heard = edges.matmul(h.flatten(0, 1), transpose=True)
            mixed = mixed.baddbmm_(heard.view_as(h), weight)
        return functional.relu_(functional.layer_norm(mixed, mixed.shape[-1:])) + h


class FlowNetwork(nn.Module):
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
        generator: Draws weights and dropped channels.
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
        generator: Generator,
    ) -> None:
        super().__init__()
        self.members = members
        self.dropout = dropout
        self.generator = generator
        self.token = MemberEmbedding(members, tokens, width, 1.0, generator)
        self.place = MemberEmbedding(members, places, width, 0.3, generator)
        self.number = MemberLinear(members, numbers, width, generator)
        self.layers = nn.ModuleList([FlowLayer(members, width, generator) for _ in range(depth)])
        self.feature = MemberLinear(members, features, width, generator)
        self.hidden = MemberLinear(members, 3 * width, width, generator)
        self.score = MemberLinear(members, width, 1, generator)
        self.direct = MemberLinear(members, features, 1, generator)
        nn.init.zeros_(self.direct.weight)

    def forward(self, graphs: GraphTensors) -> Tensor:
        """``(M, B)`` scaled predictions."""
        h = self.token(graphs.token) + self.place(graphs.place) + self.number(self._shared(graphs.numbers))
        for layer in self.layers:
            h = layer(h, graphs)
        mean = h.new_zeros(len(h), len(graphs.last), h.shape[2]).index_add(1, graphs.graph, h * graphs.share)
        features = self._shared(graphs.features)
        read = [h.index_select(1, graphs.last), mean, functional.relu(self.feature(features))]
        hidden = functional.relu(self.hidden(self._dropped(torch.cat(read, dim=2))))
        scores: Tensor = self.score(self._dropped(hidden)) + self.direct(features)
        return scores.squeeze(2)

    def _shared(self, x: Tensor) -> Tensor:
        """``(N, I)`` for all members."""
        return x.expand(self.members, -1, -1)

    def _dropped(self, x: Tensor) -> Tensor:
        if not self.training or not self.dropout:
            return x
        kept = torch.empty(x.shape).bernoulli_(1 - self.dropout, generator=self.generator)
        return x * kept / (1 - self.dropout)


def _first_product() -> None:
    """Multiply once: torch says, once in a process, that its sparse tensors are young, which users cannot act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edges = EdgeIndex([[0], [1]], sparse_size=(2, 2), sort_order="col").fill_cache_()
        edges.matmul(torch.ones(2, 1, requires_grad=True), transpose=True).sum().backward()


_first_product()

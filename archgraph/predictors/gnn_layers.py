"""How nodes exchange messages: the layers that a graph network can be made of, by name."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Generator, Tensor, nn

from archgraph.predictors.gnn_attention import AttentionLayer
from archgraph.predictors.gnn_convolutions import convolution_layer
from archgraph.predictors.gnn_members import updated
from archgraph.predictors.gnn_tensors import GraphTensors
from archgraph.registry import UnknownNameError


class FlowLayer(nn.Module):
    """One exchange of messages: each node hears the sum of its sources and the sum of its targets.

    Args:
        members: M.
        width: H.
        generator: Draws the weights.

    Source:
        After the bidirectional flows of Akhauri and Abdelfattah, "Encodings for Prediction-based Neural Architecture
        Search", ICML 2024, https://arxiv.org/abs/2403.02484.
    """

    def __init__(self, members: int, width: int, generator: Generator) -> None:
        super().__init__()
        # one map for the node itself, one for its targets and one for its sources, side by side
        weights = torch.randn(members, width, 3 * width, generator=generator) / (3 * width) ** 0.5
        self.weights = nn.Parameter(weights)

    def forward(self, h: Tensor, graphs: GraphTensors) -> Tensor:
        """New states ``(M, N, H)`` of the nodes."""
        members, nodes, width = h.shape
        said = torch.bmm(h, self.weights)
        return updated(h, graphs.heard(said.view(members, 3 * nodes, width)))


class LayerMaker(Protocol):
    """Makes a layer for M members of width H, its weights drawn by a generator."""

    def __call__(self, members: int, width: int, generator: Generator) -> nn.Module:
        """The layer; it maps states ``(M, N, H)`` and ``GraphTensors`` to new states."""


LAYERS: dict[str, LayerMaker] = {
    "attention": AttentionLayer,
    "flow": FlowLayer,
    "gatv2": convolution_layer("gatv2"),
    "gcn": convolution_layer("gcn"),
    "gin": convolution_layer("gin"),
}
"""Layers by name."""


def layer_maker(name: str) -> LayerMaker:
    """What makes layers of this name.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in LAYERS:
        raise UnknownNameError("layer", str(name), sorted(LAYERS))
    return LAYERS[name]

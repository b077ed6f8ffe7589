"""Well-known graph convolutions, for comparison."""

from __future__ import annotations

from functools import partial
from math import gcd
from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor, nn

from archgraph.predictors.gnn_members import updated
from archgraph.predictors.gnn_tensors import GraphTensors

if TYPE_CHECKING:
    from archgraph.predictors.gnn_layers import LayerMaker

HEADS = 4
"""Of graph attention, where the width can be shared out among them."""


class ConvolutionLayer(nn.Module):
    """One of torch-geometric's convolutions for each member, with the frame that other layers have.

    Edges count in both directions, which these layers cannot tell apart.

    Args:
        kind: "gcn", "gin" or "gatv2".
        members: M.
        width: H.
        generator: Draws the seed of the weights.

    Source:
        Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017,
        https://arxiv.org/abs/1609.02907; Xu et al., "How Powerful are Graph Neural Networks?", ICLR 2019,
        https://arxiv.org/abs/1810.00826; Brody, Alon and Yahav, "How Attentive are Graph Attention Networks?", ICLR
        2022, https://arxiv.org/abs/2105.14491.
    """

    def __init__(self, kind: str, members: int, width: int, generator: Generator) -> None:
        super().__init__()
        seed = int(torch.randint(2**31, (1,), generator=generator))
        # torch-geometric draws weights from torch's common generator, which belongs to the user
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.convolutions = nn.ModuleList([_convolution(kind, width) for _ in range(members)])

    def forward(self, h: Tensor, graphs: GraphTensors) -> Tensor:
        """New states ``(M, N, H)`` of the nodes."""
        heard = [convolve(state, graphs.both_ways) for convolve, state in zip(self.convolutions, h, strict=True)]
        return updated(h, torch.stack(heard))


def convolution_layer(kind: str) -> LayerMaker:
    """What makes layers of a kind of convolution."""
    return partial(ConvolutionLayer, kind)


def _convolution(kind: str, width: int) -> nn.Module:
    # torch-geometric's layers take a second to import, and most networks have none of them
    from torch_geometric.nn import GATv2Conv, GCNConv, GINConv

    made: nn.Module
    if kind == "gcn":
        made = GCNConv(width, width)
    elif kind == "gin":
        made = GINConv(nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width)), train_eps=True)
    else:
        heads = gcd(width, HEADS)
        made = GATv2Conv(width, width // heads, heads=heads)
    return made

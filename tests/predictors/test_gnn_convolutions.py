"""The layers of torch-geometric."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from torch_geometric.nn import GATv2Conv, GCNConv, GINConv

from archgraph.predictors.gnn_convolutions import ConvolutionLayer
from tests.predictors.encoding import chain, generator, states


@pytest.mark.parametrize(("kind", "made"), [("gcn", GCNConv), ("gin", GINConv), ("gatv2", GATv2Conv)])
def test_convolutions_are_the_library_s(kind: str, made: type) -> None:
    layer, h, graphs = ConvolutionLayer(kind, 2, 8, generator()), states(2, 3, 8), chain(2)
    assert all(isinstance(convolution, made) for convolution in layer.convolutions)
    edges = torch.tensor([[0, 1, 1, 2], [1, 2, 0, 1]])
    for member, convolve in enumerate(layer.convolutions):
        expected = h[member] + functional.relu(functional.rms_norm(convolve(h[member], edges), (8,), eps=1e-5))
        assert torch.allclose(layer(h, graphs)[member], expected, atol=1e-4)

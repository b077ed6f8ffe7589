"""How nodes exchange messages: what each layer hears, by hand, and what all must keep."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from archgraph.graph import GraphBatch
from archgraph.predictors.gnn_layers import LAYERS, FlowLayer, layer_maker
from archgraph.registry import UnknownNameError
from tests.predictors.encoding import chain, encoded, generator, learned, states


def test_a_flow_by_hand() -> None:
    layer, h = FlowLayer(1, 8, generator()), states(3, 8)
    own, targets, sources = layer.weights[0].view(8, 3, 8).unbind(1)
    heard = h @ own
    heard[1:] += h[:-1] @ targets
    heard[:-1] += h[1:] @ sources
    expected = h + functional.relu(functional.rms_norm(heard, (8,), eps=1e-5))
    assert torch.allclose(layer(h[None], chain())[0], expected, atol=1e-5)


@pytest.mark.parametrize("width", [8, 6, 5])
@pytest.mark.parametrize("name", sorted(LAYERS))
def test_weights_are_drawn_by_the_generator_alone(name: str, width: int) -> None:
    before = torch.get_rng_state()
    one, two = (layer_maker(name)(members=2, width=width, generator=generator()) for _ in range(2))
    other = layer_maker(name)(members=2, width=width, generator=torch.Generator().manual_seed(1))
    assert torch.equal(torch.get_rng_state(), before)
    h, graphs = states(2, 3, width), chain(2)
    assert one(h, graphs).shape == h.shape
    assert torch.equal(one(h, graphs), two(h, graphs))
    assert not torch.allclose(one(h, graphs), other(h, graphs))


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_members_and_graphs_keep_to_themselves(name: str, cells: Any) -> None:
    batch: GraphBatch = cells.graphs[:20]
    graphs = encoded(learned(batch), batch)
    layer, tensors = layer_maker(name)(members=3, width=8, generator=generator()), graphs.tensors(3)
    h = states(3, len(tensors.graph), 8).requires_grad_()
    new = layer(h, tensors)
    (gradient,) = torch.autograd.grad(new[1][tensors.graph == 4].square().sum(), h)
    touched = gradient.abs().sum(2) > 0
    assert not touched[[0, 2]].any()
    assert touched[1].nonzero().flatten().tolist() == (tensors.graph == 4).nonzero().flatten().tolist()


def test_unknown() -> None:
    with pytest.raises(UnknownNameError) as caught:
        layer_maker("flwo")
    assert str(caught.value) == ("Unknown layer 'flwo'. Did you mean 'flow'? Known: attention, flow, gatv2, gcn, gin.")

"""The network: members apart, graphs apart, messages both ways, for every kind of layer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from archgraph.predictors.encoder import Encoder
from archgraph.predictors.gnn_layers import LAYERS
from archgraph.predictors.gnn_model import CommitteeNetwork
from archgraph.predictors.gnn_tensors import GraphTensors
from archgraph.registry import UnknownNameError
from tests.predictors.encoding import encoded, learned


@pytest.fixture
def encoder(cells: Any) -> Encoder:
    return learned(cells.graphs)


def _network(encoder: Encoder, members: int = 3, dropout: float = 0.0, layer: str = "flow") -> CommitteeNetwork:
    return CommitteeNetwork(**encoder.sizes, members=members, width=8, depth=2, dropout=dropout, layer=layer, seed=4)


def _tensors(encoder: Encoder, cells: Any, members: int = 3, rows: slice = slice(None)) -> GraphTensors:
    return encoded(encoder, cells.graphs[rows]).tensors(members)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_scores_do_not_depend_on_the_company(encoder: Encoder, cells: Any, layer: str) -> None:
    network = _network(encoder, layer=layer)
    whole = network(_tensors(encoder, cells))
    assert whole.shape == (3, 240)
    assert torch.allclose(network(_tensors(encoder, cells, rows=slice(7, 12))), whole[:, 7:12], atol=1e-5)


def test_a_loss_of_one_member_leaves_the_others_alone(encoder: Encoder, cells: Any) -> None:
    network = _network(encoder)
    network(_tensors(encoder, cells))[1].sum().backward()
    for name, weight in network.named_parameters():
        by_member = weight.grad.transpose(0, 1) if name in ("token.weight", "place.weight") else weight.grad
        assert not by_member[0].any(), name
        assert by_member[1].any() or name == "number.weight", name
        assert not by_member[2].any(), name


def test_order_of_messages_matters(encoder: Encoder, cells: Any) -> None:
    tensors = _tensors(encoder, cells)
    turned = replace(tensors, edges=tensors.edges.flip(0))
    network = _network(encoder)
    assert not torch.allclose(network(tensors), network(turned))


def test_dropped_channels_come_from_the_generator(encoder: Encoder, cells: Any) -> None:
    tensors = _tensors(encoder, cells)
    network, dropping, again = _network(encoder, dropout=0.5), *(torch.Generator().manual_seed(2) for _ in range(2))
    first = network(tensors, dropping)
    assert torch.equal(first, network(tensors, again))
    assert not torch.equal(first, network(tensors, dropping))
    assert torch.equal(network(tensors), _network(encoder, dropout=0.0)(tensors, dropping))


def test_unknown_layer(encoder: Encoder) -> None:
    with pytest.raises(UnknownNameError, match="Unknown layer 'sage'. .*Known: attention, flow, gatv2, gcn, gin."):
        _network(encoder, layer="sage")

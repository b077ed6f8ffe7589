"""Losses by hand, and what training learns from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from archgraph.predictors.encoder import Encoder
from archgraph.predictors.gnn_model import CommitteeNetwork
from archgraph.predictors.gnn_tensors import EncodedGraphs
from archgraph.predictors.gnn_training import Schedule, losses, train
from tests.predictors.encoding import encoded, learned

QUICK = Schedule(epochs=12, batch_size=64, learning_rate=1e-2, weight_decay=0.0, margin=0.1)


def test_losses_by_hand() -> None:
    z = torch.tensor([0.0, 1, 2])
    scores = torch.tensor([[0.0, 1, 2], [0, 0.5, 0.55]])
    every = torch.ones(2, 3)
    # member 1: errors 0, 0.5, 1.45, Huber 0, 0.125, 0.95; pairs 0.5, 0.55, 0.05 apart, of which one lacks 0.05
    assert losses(scores, z, every, 0.1).tolist() == pytest.approx([0, (0.125 + 0.95) / 3 + 0.05 / 3])


def test_rows_that_do_not_count() -> None:
    z = torch.tensor([0.0, 1, 2])
    scores = torch.tensor([[9.0, 1, 2], [0, 1, 2]])
    weight = torch.tensor([[0.0, 1, 1], [0, 0, 0]])
    assert losses(scores, z, weight, 0.1).tolist() == [0, 0]


def test_the_rate_rises_and_falls() -> None:
    rates = [QUICK.rate(step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) > 0.98
    assert rates.index(max(rates)) == 4
    assert rates[50] == pytest.approx(0.5)
    assert rates[99] < 0.001


def _setting(cells: Any) -> tuple[Encoder, CommitteeNetwork, np.ndarray, np.ndarray]:
    encoder = learned(cells.graphs)
    network = CommitteeNetwork(**encoder.sizes, members=2, width=8, depth=2, dropout=0.0, seed=0)
    z = (cells.accuracy - cells.accuracy.mean()) / cells.accuracy.std()
    return encoder, network, z, np.arange(240) % 4 == np.array([[0], [1]])


def _held_out_losses(network: CommitteeNetwork, graphs: EncodedGraphs, z: np.ndarray, out: np.ndarray) -> torch.Tensor:
    weight = torch.from_numpy(out).float()
    return losses(network(graphs.tensors(2)).detach(), torch.from_numpy(z).float(), weight, 0.1)


def test_training_lowers_the_held_out_losses(cells: Any) -> None:
    encoder, network, z, out = _setting(cells)
    graphs = encoded(encoder, cells.graphs)
    before = _held_out_losses(network, graphs, z, out)
    train(network, graphs, z, out, QUICK, np.random.default_rng(0))
    assert (_held_out_losses(network, graphs, z, out) < 0.5 * before).all()
    assert not network.training


def test_rows_held_out_teach_nothing(cells: Any) -> None:
    encoder, network, z, out = _setting(cells)
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    graphs = encoded(encoder, cells.graphs)
    found = []
    for scale in (1, 50):
        network.load_state_dict(weights)
        other = np.where(out[0], scale * z, z)
        train(network, graphs, other, out, replace(QUICK, epochs=2), np.random.default_rng(0))
        found.append(network(graphs.tensors(2)).detach())
    assert torch.equal(found[0][0], found[1][0])
    assert not torch.equal(found[0][1], found[1][1])


@pytest.mark.parametrize("batch_size", [64, 240])
def test_the_same_seeds_give_the_same_weights(cells: Any, batch_size: int) -> None:
    found = []
    for _ in range(2):
        encoder, network, z, out = _setting(cells)
        network.dropout = 0.2
        schedule = replace(QUICK, batch_size=batch_size, epochs=2)
        train(network, encoded(encoder, cells.graphs), z, out, schedule, np.random.default_rng(0))
        found.append(network.state_dict())
    assert all(torch.equal(value, found[1][name]) for name, value in found[0].items())

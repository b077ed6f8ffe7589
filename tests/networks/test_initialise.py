from __future__ import annotations

import pytest
import torch
from torch import nn

from archgraph.networks.initialise import initialise


def network() -> nn.Sequential:
    convolutions = nn.Conv2d(32, 64, 3), nn.Conv2d(64, 64, 5, groups=64), nn.BatchNorm2d(64)
    return nn.Sequential(
        *convolutions, nn.Linear(64, 500), nn.LayerNorm(500), nn.Embedding(100, 40), nn.GroupNorm(2, 4)
    )


def weights(seed: int) -> dict[str, torch.Tensor]:
    parts = network()
    for value in parts.state_dict().values():
        value.fill_(7)
    initialise(parts, torch.Generator().manual_seed(seed))
    return parts.state_dict()


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("0.weight", (2 / (64 * 9)) ** 0.5),
        ("1.weight", (2 / 25) ** 0.5),  # one output channel a group
        ("3.weight", (1 / 64) ** 0.5),
        ("5.weight", 0.02),
    ],
)
def test_deviations(name: str, deviation: float) -> None:
    values = weights(0)[name]
    assert values.std().item() == pytest.approx(deviation, rel=0.06)
    assert abs(values.mean().item()) < 0.1 * deviation


def test_biases_are_zero_and_normalisations_the_identity() -> None:
    found = weights(0)
    assert all(not found[name].any() for name in found if name.endswith(("bias", "running_mean")))
    assert all(found[name].eq(1).all() for name in ("2.weight", "2.running_var", "4.weight", "6.weight"))


def test_the_seed_decides() -> None:
    first, again, other = weights(0), weights(0), weights(1)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["0.weight"], other["0.weight"])

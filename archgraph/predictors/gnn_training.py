"""Training all members of a committee at once, each on its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, pi

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from archgraph.predictors.gnn_model import CommitteeNetwork
from archgraph.predictors.gnn_tensors import EncodedGraphs, GraphTensors
from archgraph.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn.

    Attributes:
        epochs: Passes over the rows.
        batch_size: Rows a step.
        learning_rate: At its highest; it rises over a twentieth of the steps and falls to 0 as a cosine.
        weight_decay: As AdamW has it.
        margin: Scaled predictions of a pair in the wrong order or closer than this are pushed apart.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    margin: float

    def rate(self, step: int, steps: int) -> float:
        """Share of the highest learning rate at ``step`` of ``steps``."""
        return min(1.0, 20 * (step + 1) / steps) * (1 + cos(pi * step / steps)) / 2


def losses(scores: Tensor, z: Tensor, weight: Tensor, margin: float) -> Tensor:
    """``(M,)`` losses: Huber's of the values plus a hinge on the order of all pairs.

    Args:
        scores: ``(M, B)`` scaled predictions.
        z: ``(B,)`` scaled targets.
        weight: ``(M, B)`` 1 for rows that count for a member, else 0.
        margin: Of the hinge.
    """
    apart = functional.smooth_l1_loss(scores, z.expand_as(scores), reduction="none")
    value = (apart * weight).sum(1) / weight.sum(1).clamp(min=1)
    better = (z[:, None] > z) * weight[:, :, None] * weight[:, None]
    wrong = functional.relu(margin - (scores[:, :, None] - scores[:, None])) * better
    return value + wrong.sum((1, 2)) / better.sum((1, 2)).clamp(min=1)


def train(
    network: CommitteeNetwork,
    graphs: EncodedGraphs,
    z: FloatArray,
    held_out: BoolArray,
    schedule: Schedule,
    rng: np.random.Generator,
) -> None:
    """Train each member on the rows that it does not hold out.

    There is no choice of a best pass: the rate falls to 0, and choosing by a few held-out rows did harm.

    Args:
        network: M members; changed in place.
        graphs: n graphs, on the network's device.
        z: ``(n,)`` scaled targets.
        held_out: ``(M, n)``.
        schedule: How long and how fast.
        rng: Draws the order of the rows.
    """
    device = network.device
    targets = torch.from_numpy(z.astype(np.float32)).to(device)
    weight = torch.from_numpy(~held_out).to(device, torch.float32)
    dropping = torch.Generator(device).manual_seed(network.seed)
    per_epoch = ceil(len(z) / schedule.batch_size)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True
    )
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: schedule.rate(step, schedule.epochs * per_epoch))
    network.train()
    for rows, tensors in _steps(graphs, network.members, schedule.epochs, per_epoch, rng):
        optimiser.zero_grad()
        loss = losses(network(tensors, dropping), targets[rows], weight[:, rows], schedule.margin).sum()
        loss.backward()  # type: ignore[no-untyped-call]  # torch
        optimiser.step()
        rates.step()
    network.eval()


def _steps(
    graphs: EncodedGraphs, members: int, epochs: int, per_epoch: int, rng: np.random.Generator
) -> Iterator[tuple[Tensor, GraphTensors]]:
    """The rows of each step, and their tensors."""
    device = graphs.features.device
    if per_epoch == 1:
        everything = graphs.tensors(members)
        for _ in range(epochs):
            yield torch.arange(len(graphs), device=device), everything
        return
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(graphs)), per_epoch):
            chosen = torch.from_numpy(rows).to(device)
            yield chosen, graphs.tensors(members, chosen)

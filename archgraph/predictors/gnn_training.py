"""Training all members of a committee at once, each on its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, pi

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from archgraph.predictors.gnn_model import FlowNetwork
from archgraph.predictors.gnn_tensors import EncodedGraphs, GraphTensors
from archgraph.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn.

    Attributes:
        epochs: At most this many passes over the rows.
        patience: Stop after this many passes without a better held-out loss.
        batch_size: Rows a step.
        learning_rate: At its highest; it rises over a twentieth of the steps and falls as a cosine.
        weight_decay: As AdamW has it.
        margin: Scaled predictions of a pair in the wrong order or closer than this are pushed apart.
    """

    epochs: int
    patience: int
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
    network: FlowNetwork,
    graphs: EncodedGraphs,
    z: FloatArray,
    held_out: BoolArray,
    schedule: Schedule,
    rng: np.random.Generator,
) -> None:
    """Train each member on the rows that it does not hold out, and keep the weights with the best held-out loss.

    Args:
        network: M members; changed in place.
        graphs: n graphs.
        z: ``(n,)`` scaled targets.
        held_out: ``(M, n)``.
        schedule: How long and how fast.
        rng: Draws the order of the rows.
    """
    targets = torch.from_numpy(z.astype(np.float32))
    out = torch.from_numpy(held_out.astype(np.float32))
    everything = graphs.tensors(network.members)
    per_epoch = ceil(len(z) / schedule.batch_size)
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: schedule.rate(step, schedule.epochs * per_epoch))
    best, best_epoch, kept = float("inf"), 0, None
    for epoch in range(schedule.epochs):
        network.train()
        for rows, tensors in _steps(graphs, everything, network.members, per_epoch, rng):
            optimiser.zero_grad()
            losses(network(tensors), targets[rows], 1 - out[:, rows], schedule.margin).sum().backward()  # type: ignore[no-untyped-call]  # torch
            optimiser.step()
            rates.step()
        loss = held_out_loss(network, everything, targets, out, schedule.margin)
        if loss < best:
            best, best_epoch = loss, epoch
            kept = {name: value.clone() for name, value in network.state_dict().items()}
        elif epoch - best_epoch >= schedule.patience:
            break
    if kept is not None:
        network.load_state_dict(kept)
    network.eval()


def held_out_loss(network: FlowNetwork, graphs: GraphTensors, z: Tensor, out: Tensor, margin: float) -> float:
    """Mean over the members of the loss on the rows that each held out."""
    network.eval()
    with torch.no_grad():
        return float(losses(network(graphs), z, out, margin).mean())


def _steps(
    graphs: EncodedGraphs, everything: GraphTensors, members: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[Tensor, GraphTensors]]:
    """The rows of each step of one pass, and their tensors."""
    if steps == 1:
        yield torch.arange(len(graphs)), everything
        return
    for rows in np.array_split(rng.permutation(len(graphs)), steps):
        yield torch.from_numpy(rows), graphs.tensors(members, rows)

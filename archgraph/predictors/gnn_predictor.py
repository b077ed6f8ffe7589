"""A committee of graph networks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from safetensors.torch import load, save

from archgraph import _check
from archgraph.graph import GraphBatch
from archgraph.networks.threads import torch_threads
from archgraph.predictors.base import Scaled
from archgraph.predictors.encoder import Encoder
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.folds import fold_numbers
from archgraph.predictors.gnn_device import chosen_device, device_or_cpu
from archgraph.predictors.gnn_model import CommitteeNetwork
from archgraph.predictors.gnn_tensors import EncodedGraphs
from archgraph.predictors.gnn_training import Schedule, train
from archgraph.typing import FloatArray

NODES_AT_ONCE = {"cpu": 2048, "cuda": 2**18}
"""Nodes in one pass of predictions, about: their states stay in a processor's cache, or keep a GPU busy."""


class GNNPredictor(FeaturePredictor):
    """A committee of graph networks that pass messages along and against the edges.

    Each member is trained on a robust error and on the order of pairs, with its own part of the rows held out. Their
    mean predicts; the held-out rows calibrate the standard deviation and give the card's cross-validated figures.
    Fitting on a CPU uses one thread: its matrices are small, and more threads gain little on an idle machine and lose
    much on a busy one. The same seed gives the same figures on a CPU; a GPU gives nearly the same each time.

    Args:
        members: Networks in the committee.
        folds: Parts that the rows are split into; each member holds out one.
        width: Channels of each network.
        depth: Exchanges of messages.
        epochs: Passes over the rows.
        batch_size: Rows a step.
        learning_rate: Of AdamW, at its highest.
        weight_decay: Of AdamW.
        margin: Scaled distance that pairs should keep in the right order.
        dropout: Share of channels dropped around the readout in training.
        layer: How messages are exchanged: "flow", along and against the edges apart; "attention" to ancestors and to
            descendants; or "gcn", "gin", "gatv2", which take edges as having no direction.
        device: "cpu", "cuda", "cuda:1" and so on, or "auto": a GPU if there is one. A model that was trained on a GPU
            predicts on the CPU where there is none.
        seed: Of weights, folds and order of rows.
    """

    kind: ClassVar[str] = "gnn"

    def __init__(
        self,
        members: int = 5,
        folds: int = 10,
        width: int = 32,
        depth: int = 3,
        epochs: int = 80,
        batch_size: int = 64,
        learning_rate: float = 4e-3,
        weight_decay: float = 1e-2,
        margin: float = 0.1,
        dropout: float = 0.05,
        layer: str = "flow",
        device: str = "cpu",
        seed: int = 0,
    ) -> None:
        self.members = members
        self.folds = folds
        self.width = width
        self.depth = depth
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.margin = margin
        self.dropout = dropout
        self.layer = layer
        self.device = device
        self.seed = seed

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        for name in ("members", "width", "depth", "epochs", "batch_size"):
            _check.positive_int(name, getattr(self, name))
        for name in ("learning_rate", "weight_decay", "margin", "dropout"):
            _check.number(name, getattr(self, name))
        if self.dropout >= 1:
            raise ValueError(f"dropout must be below 1, but is {self.dropout}")
        _check.seed(self.seed)
        device = chosen_device(self.device)
        rng = np.random.default_rng(self.seed)
        fold = fold_numbers(len(z), self.folds, rng)
        held_out = fold == np.arange(self.members)[:, None] % (fold.max() + 1)
        self.encoder_ = Encoder.learn(batch, self.features_, x)
        self.network_ = self._network().to(device)
        graphs = self.encoder_.encode(batch, x)
        schedule = Schedule(self.epochs, self.batch_size, self.learning_rate, self.weight_decay, self.margin)
        with torch_threads(1):
            train(self.network_, graphs.to(device), z, held_out, schedule, rng)
        guesses = self._scores(graphs)
        counted = held_out.sum(axis=0)
        mean = np.where(counted > 0, (guesses * held_out).sum(axis=0) / np.maximum(counted, 1), np.nan)
        return Scaled(mean, np.zeros_like(mean))

    def _network(self) -> CommitteeNetwork:
        return CommitteeNetwork(
            **self.encoder_.sizes,
            members=self.members,
            width=self.width,
            depth=self.depth,
            dropout=self.dropout,
            layer=self.layer,
            seed=self.seed,
        )

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        guesses = self._scores(self.encoder_.encode(batch, x))
        return Scaled(guesses.mean(axis=0), guesses.std(axis=0))

    def _scores(self, graphs: EncodedGraphs) -> FloatArray:
        """``(M, B)`` float64 scaled predictions of all members."""
        members, device = self.network_.members, self.network_.device
        scores = np.empty((members, len(graphs)))
        if not len(graphs):
            return scores
        at_once = max(16, NODES_AT_ONCE[device.type] // graphs.largest)
        graphs = graphs.to(device)
        with torch.inference_mode():
            for rows in torch.split(torch.arange(len(graphs), device=device), at_once):
                first = int(rows[0])
                scores[:, first : first + len(rows)] = self.network_(graphs.tensors(members, rows)).cpu().numpy()
        return scores

    def _model_parts(self) -> dict[str, bytes]:
        weights = {name: value.cpu().contiguous() for name, value in self.network_.state_dict().items()}
        return {"encoder.json": json.dumps(self.encoder_.state()).encode(), "network.safetensors": save(weights)}

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        self.encoder_ = Encoder.from_state(json.loads(parts["encoder.json"]), self.features_)
        self.network_ = self._network()
        self.network_.load_state_dict(load(parts["network.safetensors"]))
        self.network_.to(device_or_cpu(self.device)).eval()

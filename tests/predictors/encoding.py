"""Graphs to what the network takes, as tests need it."""

from __future__ import annotations

import torch

from archgraph.features import GraphFeatures
from archgraph.graph import GraphBatch
from archgraph.predictors.encoder import Encoder
from archgraph.predictors.gnn_tensors import EncodedGraphs, GraphTensors
from tests.graphs import small_graph


def learned(batch: GraphBatch) -> Encoder:
    """An encoder and the features that it needs."""
    features = GraphFeatures().fit(batch)
    return Encoder.learn(batch, features, features.transform(batch))


def encoded(encoder: Encoder, batch: GraphBatch) -> EncodedGraphs:
    """What the network takes of ``batch``."""
    return encoder.encode(batch, encoder.features.transform(batch))


def chain(members: int = 1) -> GraphTensors:
    """Three nodes in a row."""
    batch = small_graph(["input", "relu", "output"], [(0, 1), (1, 2)]).batch()
    return encoded(learned(batch), batch).tensors(members)


def states(*shape: int) -> torch.Tensor:
    """The same random states each time."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(7))


def generator() -> torch.Generator:
    """A generator of seed 0."""
    return torch.Generator().manual_seed(0)

"""Which numbers of nodes and graphs the network sees, on which scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from archgraph.features import GraphFeatures
from archgraph.graph import GraphBatch
from archgraph.graph.costs import COSTS, batch_node_costs
from archgraph.graph.vocabulary import ATTRIBUTE, ATTRIBUTES, LABELS
from archgraph.predictors.gnn_positions import POSITIONS, node_positions
from archgraph.predictors.gnn_tensors import EncodedGraphs
from archgraph.predictors.scale import Scale
from archgraph.typing import FloatArray, IntArray

NUMBERS = (*(name for name in ATTRIBUTES if name not in (*LABELS, "act")), *COSTS, *POSITIONS)
"""What nodes may have for numbers: attributes, what the operation costs, and where it stands."""


@dataclass(frozen=True)
class Encoder:
    """Turns batches into what the network takes, on scales learned from the training graphs.

    Attributes:
        features: Learned graph features, whose operations and positions the network embeds.
        columns: Which of ``NUMBERS`` differ among the nodes of the training graphs.
        number_scale: Their scale.
        feature_scale: Scale of the graph features.
    """

    features: GraphFeatures
    columns: tuple[str, ...]
    number_scale: Scale
    feature_scale: Scale

    @classmethod
    def learn(cls, batch: GraphBatch, features: GraphFeatures, x: FloatArray) -> Self:
        """The encoder for graphs like those of ``batch``, which ``features`` were fitted to and are ``(B, F)`` x of."""
        scale = Scale.learn(_numbers(batch, NUMBERS))
        varying = np.flatnonzero(scale.width > 0)
        return cls(
            features,
            tuple(NUMBERS[column] for column in varying),
            scale.take(varying),
            Scale.learn(x),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """Numbers of tokens, places, numbers and features, as ``CommitteeNetwork`` takes them."""
        return {
            "tokens": len(self.features.tokens_) + 4,
            "places": len(self.features.places_.positions) + 1,
            "numbers": len(self.columns),
            "features": len(self.feature_scale.width),
        }

    def encode(self, batch: GraphBatch, x: FloatArray) -> EncodedGraphs:
        """What the network takes of ``batch`` with ``(B, F)`` graph features ``x``."""
        return EncodedGraphs.from_arrays(
            token=self.features.tokens_.encode(batch.ops, batch.attrs),
            place=self._places(batch),
            numbers=self.number_scale(_numbers(batch, self.columns)),
            features=self.feature_scale(x),
            node_start=batch.node_start,
            edges=batch.edges,
            edge_start=batch.edge_start,
        )

    def _places(self, batch: GraphBatch) -> IntArray:
        positions = np.asarray(self.features.places_.positions, dtype=np.float32)
        column = batch.attrs[:, ATTRIBUTE["position"]]
        if not len(positions):
            return np.zeros(len(column), dtype=np.int64)
        place = np.minimum(np.searchsorted(positions, column), len(positions) - 1)
        return np.where(positions[place] == column, place + 1, 0)

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs beside the features, ready for JSON."""
        return {
            "columns": self.columns,
            "number_scale": self.number_scale.state(),
            "feature_scale": self.feature_scale.state(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], features: GraphFeatures) -> Self:
        """The inverse of ``state``."""
        return cls(
            features,
            tuple(state["columns"]),
            Scale.from_state(state["number_scale"]),
            Scale.from_state(state["feature_scale"]),
        )


def _numbers(batch: GraphBatch, names: tuple[str, ...]) -> FloatArray:
    """``(sum N, len(names))`` attributes, costs and positions of nodes, NaN where one does not apply."""
    numbers = np.empty((len(batch.ops), len(names)), dtype=np.float32)
    computed: dict[str, FloatArray] = {}
    for group, compute in ((COSTS, batch_node_costs), (POSITIONS, node_positions)):
        if set(names) & set(group):
            computed |= dict(zip(group, compute(batch).T, strict=True))
    for column, name in zip(numbers.T, names, strict=True):
        column[:] = computed[name] if name in computed else batch.attrs[:, ATTRIBUTE[name]]
    return numbers

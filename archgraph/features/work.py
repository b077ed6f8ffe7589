"""How much an architecture does: amounts that take time and energy on any device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from archgraph.graph.costs import COSTS, batch_node_costs
from archgraph.graph.use import used_nodes
from archgraph.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class Work:
    """Amounts of work, none below 0, relative to the mean of the graphs that were learned from.

    Attributes:
        tokens: The T kinds of operation that are told apart.
        mean: ``(4 + 3 T,)`` of all amounts; 1 where there are none.
    """

    tokens: Tokens
    mean: FloatArray

    @classmethod
    def learn(cls, batch: GraphBatch) -> Self:
        """The kinds and means of B graphs."""
        tokens = Tokens.learn(batch)
        mean = _amounts(batch, tokens, np.ones(len(batch.ops), dtype=bool)).mean(axis=0)
        return cls(tokens, np.where(mean > 0, mean, 1.0))

    @property
    def costs(self) -> slice:
        """Columns: numbers of nodes, of parameters, of multiply-accumulates, and bytes of activations; 4."""
        return slice(1 + len(COSTS))

    @property
    def counts(self) -> slice:
        """Columns: those of ``costs``, then how many there are of each kind of operation; 4 + T."""
        return slice(1 + len(COSTS) + len(self.tokens))

    def __call__(self, batch: GraphBatch) -> FloatArray:
        """``(B, 4 + 3 T)`` the columns of ``counts``, then the MACs of each kind of operation, then their bytes."""
        return _amounts(batch, self.tokens, np.ones(len(batch.ops), dtype=bool)) / self.mean

    def used(self, batch: GraphBatch) -> FloatArray:
        """``(B, 4 + 3 T)`` the same of the operations alone that data flows through."""
        return _amounts(batch, self.tokens, used_nodes(batch)) / self.mean

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs, ready for JSON."""
        return {"tokens": self.tokens.state(), "mean": self.mean.tolist()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The inverse of ``state``."""
        return cls(Tokens.from_state(state["tokens"]), np.array(state["mean"]))


def _amounts(batch: GraphBatch, tokens: Tokens, counted: BoolArray) -> FloatArray:
    """``(B, 4 + 3 T)`` of the nodes that are ``counted``, ``(sum N,)``."""
    graph, own = batch.graph_of_node[counted], batch_node_costs(batch)[counted]
    totals = [np.nan_to_num(np.bincount(graph, cost, len(batch))) for cost in (np.ones(len(graph)), *own.T)]
    kinds = len(tokens)
    codes = tokens.encode(batch.ops[counted].astype(np.int64), batch.attrs[counted])
    known = codes < kinds
    cells = graph[known] * kinds + codes[known]
    _, macs, values = np.nan_to_num(own[known]).T
    by_kind = [
        np.bincount(cells, weights, len(batch) * kinds).reshape(len(batch), kinds) for weights in (None, macs, values)
    ]
    return np.column_stack([*totals, *by_kind]).astype(np.float64)

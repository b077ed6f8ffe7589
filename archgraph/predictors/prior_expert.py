"""What one table teaches about accuracy that may hold for other spaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import xgboost as xgb
from numpy.typing import ArrayLike
from sklearn.ensemble import ExtraTreesRegressor

from archgraph import _check
from archgraph.features.common_features import COLUMNS, COUNTED, FEW, common_features
from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import OP_CODE, OPS
from archgraph.predictors.base import Graphs
from archgraph.predictors.normal_scores import NormalScores
from archgraph.predictors.tree_booster import booster_of
from archgraph.typing import FloatArray, IntArray

TREES = 60
LEAST_ROWS = 32
"""A table with fewer teaches nothing that can be told from luck."""

FEW_COLUMNS = [COLUMNS.index(name) for name in FEW]


class Lesson(NamedTuple):
    """A table to learn a prior from.

    Attributes:
        name: What messages call it.
        graphs: Its R architectures.
        y: ``(R,)`` what was measured of them, in any unit.
        goal: ``"max"`` or ``"min"``: which way ``y`` is better.
    """

    name: str
    graphs: Graphs
    y: ArrayLike
    goal: str = "max"

    def sample(self, rows: int, rng: np.random.Generator) -> tuple[GraphBatch, FloatArray]:
        """At most ``rows`` random rows, in random order; larger targets are better.

        Raises:
            ValueError: The lesson is too short, has no such goal, or a target is not finite.
        """
        batch = GraphBatch.from_graphs(self.graphs)
        y = _check.finite_vector(f"y of {self.name}", self.y, len(batch))
        if self.goal not in ("max", "min"):
            raise ValueError(f"goal of {self.name} must be 'max' or 'min', but is {self.goal!r}")
        if len(batch) < LEAST_ROWS:
            raise ValueError(f"{self.name} must have at least {LEAST_ROWS} rows to learn from, but has {len(batch)}")
        kept = rng.permutation(len(batch))[:rows]
        return batch[kept], y[kept] if self.goal == "max" else -y[kept]


@dataclass(frozen=True, eq=False)
class Expert:
    """A table as other spaces see it: common features and target by their standing within the table.

    Attributes:
        name: Of the table.
        mix: ``(len(OPS),)`` share of each operation, see ``op_mix``.
        moments: ``(C, C + 1)`` mean products of the columns ``FEW`` with each other and with the target.
        forest: Trees on all columns; their sum is ``TREES`` times the prediction.
    """

    name: str
    mix: FloatArray
    moments: FloatArray
    forest: xgb.Booster

    @classmethod
    def learn(cls, name: str, batch: GraphBatch, y: FloatArray, seed: int) -> Self:
        """From ``(R,)`` targets of which larger ones are better."""
        raw = common_features(batch)
        x, z = NormalScores.learn(raw)(raw), NormalScores.learn(y[:, None])(y[:, None])[:, 0]
        few = x[:, FEW_COLUMNS]
        moments = few.T @ np.column_stack([few, z]) / len(z)
        forest = ExtraTreesRegressor(TREES, max_features=0.33, min_samples_leaf=3, random_state=seed)
        trees = forest.fit(x.astype(np.float32), z).estimators_
        return cls(name, op_mix(batch), moments, booster_of(trees, x.shape[1]))

    def likeness(self, mix: FloatArray) -> float:
        """0..1, how alike the operations of another space are: weighted Jaccard similarity."""
        return float(np.minimum(self.mix, mix).sum() / np.maximum(self.mix, mix).sum())

    def arrays(self, prefix: str) -> dict[str, FloatArray]:
        """Its numbers, each name behind ``prefix``."""
        return {f"{prefix}mix": self.mix, f"{prefix}moments": self.moments}

    @classmethod
    def restored(cls, name: str, arrays: Mapping[str, FloatArray], prefix: str, forest: bytes) -> Self:
        """From ``arrays`` and the forest as UBJSON."""
        booster = xgb.Booster()
        booster.load_model(bytearray(forest))
        return cls(name, arrays[f"{prefix}mix"], arrays[f"{prefix}moments"], booster)


def op_mix(batch: GraphBatch) -> FloatArray:
    """``(len(OPS),)`` share of each operation among those that are counted."""
    count = np.bincount(batch.ops, minlength=len(OPS)).astype(np.float64)
    counted: IntArray = np.array([OP_CODE[op] for op in COUNTED])
    mix = np.zeros(len(OPS))
    mix[counted] = count[counted] / max(count[counted].sum(), 1)
    return mix


def asked(forest: xgb.Booster, x: FloatArray) -> FloatArray:
    """``(B,)`` what an expert's forest says, given the standing ``(B, F)`` of features in their own space."""
    return np.asarray(forest.inplace_predict(x.astype(np.float32)), dtype=np.float64) / TREES

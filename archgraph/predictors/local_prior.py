"""A prior for one space."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import xgboost as xgb
from safetensors.numpy import load, save

from archgraph.features.common_features import COLUMNS, common_features
from archgraph.graph import GraphBatch
from archgraph.predictors.base import Graphs
from archgraph.predictors.container import content_hash
from archgraph.predictors.normal_scores import NormalScores
from archgraph.predictors.prior_expert import FEW_COLUMNS, Expert, asked, op_mix
from archgraph.typing import FloatArray

RIDGE = 1.0
"""Penalty on the weights of the consensus, in units of the columns' own variance."""

LEAST_WEIGHT = 0.01
"""Experts with less weight than this are not asked."""


@dataclass(frozen=True, eq=False, repr=False)
class LocalPrior:
    """Scores for the architectures of one space: it knows how the numbers of that space are spread.

    A prior never changes: copies of models share it.

    Attributes:
        inputs: Standing of the common features within the space.
        consensus: ``(C,)`` weights of the columns ``FEW``.
        forests: Of the experts that are asked.
        weights: Theirs.
        output: Standing of the weighted sum, so that scores are standard normal over the space.
    """

    inputs: NormalScores
    consensus: FloatArray
    forests: tuple[xgb.Booster, ...]
    weights: FloatArray
    output: NormalScores

    @classmethod
    def of(cls, experts: Sequence[Expert], batch: GraphBatch) -> Self:
        """What ``experts`` say about the space that B graphs are of.

        An expert's weight is the square of its likeness to the space; the consensus has what the most alike one leaves.
        """
        raw, mix = common_features(batch), op_mix(batch)
        inputs = NormalScores.learn(raw)
        x = inputs(raw)
        likeness = np.array([expert.likeness(mix) for expert in experts])
        moments = np.mean([expert.moments for expert in experts], axis=0)
        consensus = np.linalg.solve(moments[:, :-1] + RIDGE * np.eye(len(moments)), moments[:, -1])
        consensus *= (1 - likeness.max() ** 2) / _deviation(x[:, FEW_COLUMNS] @ consensus)
        kept = likeness**2 >= LEAST_WEIGHT
        forests = tuple(expert.forest for expert, keep in zip(experts, kept, strict=True) if keep)
        weights = likeness[kept] ** 2 / np.array([_deviation(asked(forest, x)) for forest in forests])
        output = NormalScores.learn(_summed(x, consensus, forests, weights)[:, None])
        return cls(inputs, consensus, forests, weights, output)

    def predict(self, graphs: Graphs) -> FloatArray:
        """``(B,)`` scores, standard normal over the space; larger ones are better."""
        batch = GraphBatch.from_graphs(graphs)
        if not len(batch):
            return np.zeros(0)
        x = self.inputs(common_features(batch))
        return self.output(_summed(x, self.consensus, self.forests, self.weights)[:, None])[:, 0]

    def parts(self) -> dict[str, bytes]:
        """Everything, as named files."""
        numbers = {"consensus": self.consensus, "weights": self.weights}
        arrays = self.inputs.arrays("inputs.") | self.output.arrays("output.") | numbers
        forests = {f"prior/{number}.ubj": bytes(forest.save_raw("ubj")) for number, forest in enumerate(self.forests)}
        columns = json.dumps({"columns": COLUMNS}).encode()
        return {"prior/prior.json": columns, "prior/prior.safetensors": save(arrays), **forests}

    def __repr__(self) -> str:
        return f"LocalPrior({len(self.forests)} experts, {content_hash(self.parts())})"

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Self:
        """The inverse of ``parts``.

        Raises:
            ValueError: They are of other columns than there are now.
        """
        if json.loads(parts["prior/prior.json"])["columns"] != list(COLUMNS):
            raise ValueError("its prior was learned from other columns than archgraph has now")
        arrays = load(parts["prior/prior.safetensors"])
        forests = []
        for number in range(len(arrays["weights"])):
            forests.append(xgb.Booster())
            forests[-1].load_model(bytearray(parts[f"prior/{number}.ubj"]))
        inputs, output = (NormalScores.from_arrays(arrays, f"{name}.") for name in ("inputs", "output"))
        return cls(inputs, arrays["consensus"], tuple(forests), arrays["weights"], output)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def _summed(x: FloatArray, consensus: FloatArray, forests: Sequence[xgb.Booster], weights: FloatArray) -> FloatArray:
    total: FloatArray = x[:, FEW_COLUMNS] @ consensus
    for forest, weight in zip(forests, weights, strict=True):
        total = total + weight * asked(forest, x)
    return total


def _deviation(values: FloatArray) -> float:
    """Standard deviation; 1 where values do not differ."""
    found = float(np.std(values))
    return found if found > 1e-9 else 1.0

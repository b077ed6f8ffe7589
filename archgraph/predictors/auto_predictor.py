"""Several predictors as one, each trusted as far as it deserves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from archgraph import _check
from archgraph.graph import GraphBatch
from archgraph.predictors.base import Scaled
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.stacking import stacking_weights, weighted_mean
from archgraph.typing import FloatArray


class AutoPredictor(FeaturePredictor):
    """A weighted mean of several predictors; their out-of-fold predictions on the training rows decide on the weights.

    All see the same graph features, computed once. Members that would get next to no weight are dropped.

    Args:
        members: Registered names of predictors that learn from graph features.
        threads: For predicting; None = all cores.
        device: Of members that can use a GPU, such as "cuda" or "auto".
        seed: Of all members.

    Attributes:
        weights_: Weight of each member that was kept, by name; the card has it too.

    Source:
        Wolpert, "Stacked generalization", Neural Networks 5(2), 1992, https://doi.org/10.1016/S0893-6080(05)80023-1.
    """

    kind: ClassVar[str] = "auto"

    def __init__(
        self,
        members: Sequence[str] = ("gp", "xgb", "forest", "gnn"),
        threads: int | None = None,
        device: str = "cpu",
        seed: int = 0,
    ) -> None:
        self.members = members
        self.threads = threads
        self.device = device
        self.seed = seed

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        _check.seed(self.seed)
        members = self._members(self.members)
        learned = [member._learn(batch, x, z) for member in members.values()]
        means = np.stack([answer.mean for answer in learned])
        weights = stacking_weights(means.T, z)
        self.weights_ = {name: float(weight) for name, weight in zip(members, weights, strict=True) if weight > 0}
        self.members_ = {name: members[name] for name in self.weights_}
        return weighted_mean(
            [answer for answer, weight in zip(learned, weights, strict=True) if weight > 0], self._weights
        )

    def _members(self, names: Sequence[str]) -> dict[str, FeaturePredictor]:
        """New members that share this predictor's features."""
        from archgraph.predictors import REGISTRY

        if isinstance(names, str) or not len(names) or len(set(names)) < len(names):
            raise ValueError(f"members must be one or more different names of predictors, but are {names!r}")
        found: dict[str, FeaturePredictor] = {}
        for name in names:
            member = REGISTRY.get(str(name))(seed=self.seed)
            if not isinstance(member, FeaturePredictor) or isinstance(member, AutoPredictor):
                raise ValueError(f"members must be predictors that learn from graph features, but {name!r} is not")
            member.features_ = self.features_
            shared = {"threads": self.threads, "device": self.device}
            member.set_params(**{key: value for key, value in shared.items() if key in member.get_params()})
            found[str(name)] = member
        return found

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        answers = [member._answer(batch, x, spread) for member in self.members_.values()]
        return weighted_mean(answers, self._weights)

    @property
    def _weights(self) -> FloatArray:
        return np.array(list(self.weights_.values()))

    def _card(self, batch: GraphBatch, y: FloatArray, held_out: FloatArray) -> dict[str, Any]:
        return super()._card(batch, y, held_out) | {"weights": dict(self.weights_)}

    def _model_parts(self) -> dict[str, bytes]:
        parts = {"weights.json": json.dumps(self.weights_).encode()}
        for name, member in self.members_.items():
            parts |= {f"{name}/{part}": content for part, content in member._model_parts().items()}
        return parts

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        self.weights_ = json.loads(parts["weights.json"])
        self.members_ = self._members(list(self.weights_))
        for name, member in self.members_.items():
            own = [part for part in parts if part.startswith(f"{name}/")]
            member._restore_model({part.removeprefix(f"{name}/"): parts[part] for part in own})

"""What a Gaussian process compares of graph features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from archgraph.features import GraphFeatures
from archgraph.predictors.scale import Scale
from archgraph.typing import FloatArray

LEVELS_FROM = 3
"""With fewer values than this the column of a setting says as much as indicators of them do."""

LEVELS_EXPECTED = -3.0
"""Mean of the logarithm of an indicator's rate: most settings act in the order of their values."""


@dataclass(frozen=True)
class Inputs:
    """Graph features on a common scale, and beside each setting at a place an indicator of every value it can have.

    The distance between two values of a setting, such as kernel sizes, is then learned for each pair of them.

    Attributes:
        scale: Of features and indicators.
        levels: Column of a feature and value that each indicator stands for.
        features: F.
    """

    scale: Scale
    levels: tuple[tuple[int, float], ...]
    features: int

    @classmethod
    def learn(cls, features: GraphFeatures, x: FloatArray) -> Self:
        """Those for features like ``(n, F)`` x of ``features``."""
        levels: list[tuple[int, float]] = []
        for column in features.settings():
            values = np.unique(x[:, column]).tolist()
            if len(values) >= LEVELS_FROM:
                levels += [(column, value) for value in values]
        given = cls(Scale.learn(x[:0]), tuple(levels), x.shape[1])
        return cls(Scale.learn(given._joined(x)), given.levels, given.features)

    @property
    def expected(self) -> FloatArray:
        """``(I,)`` means of the logarithms of the inputs' rates, as ``likely_kernel`` takes them."""
        return np.concatenate([np.zeros(self.features), np.full(len(self.levels), LEVELS_EXPECTED)])

    def __call__(self, x: FloatArray) -> FloatArray:
        """``(B, I)`` float32 inputs for ``(B, F)`` features."""
        return self.scale(self._joined(x))

    def _joined(self, x: FloatArray) -> FloatArray:
        if not self.levels:
            return x
        columns, values = zip(*self.levels, strict=True)
        indicators = x[:, list(columns)] == np.array(values, dtype=x.dtype)
        return np.concatenate([x, indicators.astype(x.dtype)], axis=1)

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs, ready for JSON."""
        return {"scale": self.scale.state(), "levels": self.levels, "features": self.features}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The inverse of ``state``."""
        levels = tuple((int(column), float(value)) for column, value in state["levels"])
        return cls(Scale.from_state(state["scale"]), levels, int(state["features"]))

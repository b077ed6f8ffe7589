"""Targets in the shape that models learn best, and back in their own unit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import optimize

from archgraph.typing import FloatArray

SKEW_LIMITS = (-2.0, 4.0)
"""Range of the exponent: beyond it a few rows would decide the shape of the target."""


@dataclass(frozen=True)
class TargetScale:
    """A monotone map from a target's unit to values of mean 0 and deviation 1 that are nearly normal.

    Values are standardised, made symmetric by the Yeo-Johnson transform, and standardised again. It acts like a
    logarithm on targets with a long upper tail (latencies) and like its mirror on those with a long lower one
    (accuracies).

    Attributes:
        mean: Of the training targets.
        std: Their standard deviation.
        exponent: Of the Yeo-Johnson transform; 1 leaves values as they are.
        inner_mean: Mean after the transform.
        inner_std: Standard deviation after the transform.
        low: Smallest training target, scaled.
        high: Largest training target, scaled.

    Source:
        Yeo and Johnson, "A new family of power transformations to improve normality or symmetry", Biometrika 87(4),
        2000.
    """

    mean: float
    std: float
    exponent: float
    inner_mean: float
    inner_std: float
    low: float
    high: float

    @classmethod
    def learn(cls, y: FloatArray) -> TargetScale:
        """The scale of ``(n,)`` targets; constant ones map to 0."""
        mean, std = float(np.mean(y)), float(np.std(y))
        if not std > 0:
            return cls(mean, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0)
        values = (y - mean) / std
        exponent = _likeliest(values)
        inner = _yeo_johnson(values, exponent)
        inner_mean, inner_std = float(np.mean(inner)), float(np.std(inner))
        scaled = (inner - inner_mean) / inner_std
        return cls(mean, std, exponent, inner_mean, inner_std, float(scaled.min()), float(scaled.max()))

    def scale(self, y: FloatArray) -> FloatArray:
        """``(n,)`` targets in their unit to scaled ones."""
        inner = _yeo_johnson((y - self.mean) / self.std, self.exponent)
        return (inner - self.inner_mean) / self.inner_std

    def unscale(self, z: FloatArray) -> FloatArray:
        """``(n,)`` scaled values to the target's unit, on a straight line outside the training targets' range.

        The transform's own ends can be steep without limit.
        """
        z = np.asarray(z, dtype=np.float64)
        inside = np.clip(z, self.low, self.high)
        y = _yeo_johnson_inverse(inside * self.inner_std + self.inner_mean, self.exponent) * self.std + self.mean
        return y + (z - inside) * self._slope

    @cached_property
    def _slope(self) -> float:
        """Mean slope over the training targets."""
        if not self.high > self.low:
            return self.std
        ends = np.array([self.low, self.high]) * self.inner_std + self.inner_mean
        return float(np.ptp(_yeo_johnson_inverse(ends, self.exponent))) * self.std / (self.high - self.low)

    def unscale_std(self, z: FloatArray, std: FloatArray) -> FloatArray:
        """``(n,)`` deviations in the target's unit: half the distance between one above and one below ``z``."""
        half: FloatArray = (self.unscale(z + std) - self.unscale(z - std)) / 2
        return half

    def state(self) -> dict[str, Any]:
        """What the constructor takes, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class LogScale:
    """Logarithms of targets above 0, less their mean: differences are relative ones.

    Attributes:
        log_mean: Of the training targets.
    """

    log_mean: float

    @classmethod
    def learn(cls, y: FloatArray) -> LogScale:
        """The scale of ``(n,)`` targets.

        Raises:
            ValueError: One is not above 0.
        """
        wrong = np.flatnonzero(~(y > 0))
        if len(wrong):
            raise ValueError(f"y must be above 0, as times and energies are, but y[{wrong[0]}] is {y[wrong[0]]:g}")
        return cls(float(np.mean(np.log(y))))

    def scale(self, y: FloatArray) -> FloatArray:
        """``(n,)`` targets in their unit to scaled ones."""
        scaled: FloatArray = np.log(y) - self.log_mean
        return scaled

    def unscale(self, z: FloatArray) -> FloatArray:
        """``(n,)`` scaled values to the target's unit."""
        y: FloatArray = np.exp(np.asarray(z, dtype=np.float64) + self.log_mean)
        return y

    def unscale_std(self, z: FloatArray, std: FloatArray) -> FloatArray:
        """``(n,)`` deviations in the target's unit: half the distance between one above and one below ``z``."""
        half: FloatArray = (self.unscale(z + std) - self.unscale(z - std)) / 2
        return half

    def state(self) -> dict[str, Any]:
        """What the constructor takes, ready for JSON."""
        return asdict(self)


def scale_of(state: dict[str, Any]) -> TargetScale | LogScale:
    """The scale of either kind that ``state`` told of."""
    return LogScale(**state) if "log_mean" in state else TargetScale(**state)


def _likeliest(values: FloatArray) -> float:
    """The exponent under which ``(n,)`` values look most like a normal sample."""
    logarithms = np.sum(np.sign(values) * np.log1p(np.abs(values)))

    def minus_likelihood(exponent: float) -> float:
        return float(
            len(values) / 2 * np.log(np.var(_yeo_johnson(values, exponent)) + 1e-300) - (exponent - 1) * logarithms
        )

    return float(optimize.minimize_scalar(minus_likelihood, bounds=SKEW_LIMITS, method="bounded").x)


def _yeo_johnson(x: FloatArray, exponent: float) -> FloatArray:
    above, below = np.log1p(np.maximum(x, 0)), np.log1p(np.maximum(-x, 0))
    result: FloatArray = _power(above, exponent) - _power(below, 2 - exponent)
    return result


def _power(logarithm: FloatArray, exponent: float) -> FloatArray:
    """``((1 + x)^exponent - 1) / exponent`` from log(1 + x), also where the exponent is 0."""
    if abs(exponent) < 1e-8:
        return logarithm
    power: FloatArray = np.expm1(exponent * logarithm) / exponent
    return power


def _yeo_johnson_inverse(z: FloatArray, exponent: float) -> FloatArray:
    return _root(np.maximum(z, 0), exponent) - _root(np.maximum(-z, 0), 2 - exponent)


def _root(power: FloatArray, exponent: float) -> FloatArray:
    """The inverse of ``_power``, less 1; bounded where a negative exponent leaves no inverse."""
    if abs(exponent) < 1e-8:
        return np.expm1(power)
    root: FloatArray = np.expm1(np.log1p(np.maximum(exponent * power, -1 + 1e-6)) / exponent)
    return root

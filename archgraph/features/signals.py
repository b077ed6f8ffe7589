"""How signals travel through a network with random weights: what mean-field theory says before any training.

Two inputs enter a graph with a known correlation. Each node turns what it hears, a sum of tensors, into something of
known variance and correlation: operations with weights and normalisation make a fresh signal of variance 1, their
non-linearities bend its correlation, identities and pooling pass on what came. Tensors that share a source stay
correlated, so covariances between all pairs are kept. The graph is passed several times in a row, its output becoming
its input, as cells and blocks are stacked.

Where a signal's correlation goes after many passes tells how deep a network really is: inputs that become alike can no
longer be told apart, and gradients vanish with them.

Source:
    Schoenholz et al., "Deep Information Propagation", ICLR 2017, https://arxiv.org/abs/1611.01232; Yang and
    Schoenholz, "Mean Field Residual Networks", NeurIPS 2017, https://arxiv.org/abs/1712.08969. The correlation behind a
    ReLU is the arc-cosine kernel of Cho and Saul, NeurIPS 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.graph.vocabulary import KINDS
from archgraph.typing import FloatArray, IntArray

PASSES = (1, 2, 4, 8, 16)
"""After so many passes the output is looked at."""

MEASURES = ("agreement", "power", "smoothness")
"""Correlation of the outputs of two inputs; logarithm of the output's variance; correlation of neighbouring places."""

MOST_SLOTS = 64
"""Larger graphs are left out: covariances take the square of it."""

_START = np.float32(0.5)
"""Correlation of the two inputs, and of neighbouring places."""

_WINDOW = 9
"""Places that a pooling operation averages."""

_FAINTEST, _LOUDEST = np.float32(1e-8), np.float32(1e12)
"""Variances below count as no signal; above, signals are turned down."""

_RESOLUTION = 1024
"""Steps of the correlation from 0 to 1."""


@dataclass(frozen=True)
class Effect:
    """What an operation does to the signal that it hears.

    Attributes:
        fresh: Whether it puts out a signal of its own, of variance 1 and unrelated to all others.
        bends: Non-linearities that this signal went through.
        passes: Whether what it hears is in its output (besides).
        pools: Whether neighbouring places are averaged in what it passes.
    """

    fresh: bool = False
    bends: int = 0
    passes: bool = True
    pools: bool = False


_PASSING = Effect()
_EFFECTS: dict[str, Effect] = {
    **dict.fromkeys((*KINDS["convolution"], *KINDS["linear"]), Effect(fresh=True, passes=False)),
    **dict.fromkeys(KINDS["attention"], Effect(fresh=True)),
    **dict.fromkeys(KINDS["activation"], Effect(fresh=True, bends=1, passes=False)),
    **dict.fromkeys((*KINDS["graph_convolution"], "conv_norm_act"), Effect(fresh=True, bends=1, passes=False)),
    "separable_conv": Effect(fresh=True, bends=2, passes=False),
    **dict.fromkeys(("inverted_residual", "bottleneck"), Effect(fresh=True, bends=2)),
    "feed_forward": Effect(fresh=True, bends=1),
    "zero": Effect(passes=False),
    "max_pool": Effect(pools=True),
    "avg_pool": Effect(pools=True),
}
"""Operation to its effect; those that are not listed pass on what they hear."""


def _bent(correlation: FloatArray) -> FloatArray:
    """Correlation of two rectified normal signals, their means taken off."""
    product = (np.sqrt(1 - correlation**2) + correlation * (np.pi - np.arccos(correlation))) / (2 * np.pi)
    mean_square = 1 / (2 * np.pi)
    bent: FloatArray = (product - mean_square) / (0.5 - mean_square)
    return bent


def _tables() -> FloatArray:
    """``(3, 2 * _RESOLUTION + 1)`` correlations after 0, 1 and 2 non-linearities, from -1 to 1."""
    straight = np.linspace(-1, 1, 2 * _RESOLUTION + 1)
    return np.stack([straight, _bent(straight), _bent(np.clip(_bent(straight), -1, 1))]).astype(np.float32)


_BENT = _tables()


def effects_of(tokens: Tokens) -> list[Effect]:
    """The effect of each code: known tokens, an unknown one, merges, inputs, outputs, and slots that are empty."""
    return [_EFFECTS.get(op, _PASSING) for op, _ in tokens.known] + [_PASSING] * 4 + [Effect(passes=False)]


class SignalSweeps:
    """Passes of signals over one chunk of graphs.

    Args:
        slots: B graphs in S slots.
        tokens: What their codes mean.
    """

    def __init__(self, slots: Slots, tokens: Tokens) -> None:
        effects = effects_of(tokens)
        fresh, passes = (np.array([getattr(e, name) for e in effects], np.float32) for name in ("fresh", "passes"))
        pools = np.array([effect.pools for effect in effects])
        bends = np.array([effect.bends for effect in effects], np.int32) * _BENT.shape[1]
        self._shape = slots.codes.shape
        self._fresh, self._passes = fresh[slots.codes], passes[slots.codes]
        self._pools, self._bends = pools[slots.codes], bends[slots.codes]
        self._inputs = slots.codes == tokens.input
        self._joined = slots.joined.astype(np.float32)
        self._arriving = [list(slots.arriving(slot)) for slot in range(len(slots.codes))]
        count, size = self._shape
        # covariances of all pairs of tensors: [0] under one input, [1] between the two inputs; and between places
        self._both = np.zeros((count, count, 2, size), dtype=np.float32)
        self._near = np.zeros((count, size), dtype=np.float32)
        # every pass writes into the same memory: asking for new takes longer than the arithmetic
        self._heard, self._moved = np.empty((2, count, 2, size), dtype=np.float32)

    def measures(self, passes: int) -> dict[tuple[str, int], FloatArray]:
        """``(B,)`` values of each measure after each number of passes up to ``passes``."""
        ones = np.ones(self._shape[1], dtype=np.float32)
        power, shared, smooth = ones, _START * ones, _START * ones
        found: dict[tuple[str, int], FloatArray] = {}
        for number in range(1, passes + 1):
            power, shared, smooth = self._passed(power, shared, smooth)
            if number in PASSES:
                heard = np.maximum(power, _FAINTEST)
                found["agreement", number] = shared / heard
                found["power", number] = np.log(heard)
                found["smoothness", number] = smooth / heard
            turned = np.minimum(1, _LOUDEST / np.maximum(power, _LOUDEST))
            power, shared, smooth = power * turned, shared * turned, smooth * turned
        return found

    def _passed(
        self, power: FloatArray, shared: FloatArray, smooth: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """One pass: the output's variance, covariance between the two inputs and between places, ``(B,)`` each."""
        both, near = self._both, self._near
        for slot, starts in enumerate(self._inputs):
            if self._arriving[slot]:
                self._operate(slot)
            if starts.any():
                both[slot, slot] = np.where(starts, np.stack([power, shared]), both[slot, slot])
                near[slot] = np.where(starts, smooth, near[slot])
        return both[-1, -1, 0], both[-1, -1, 1], near[-1]

    def _operate(self, slot: int) -> None:
        """Set what ``slot`` puts out."""
        both, near = self._both, self._near
        heard, own, beside = self._sum(slot)
        alive = own[0] > _FAINTEST
        scale = alive / np.maximum(own[0], _FAINTEST)
        fresh, passed, pools = self._fresh[slot] * alive, self._passes[slot], self._pools[slot]
        # correlations of the two inputs and of places
        heard_alike, smoothness = np.minimum(np.stack([own[1], beside]) * scale, 1)
        if pools.any():
            passed = passed * np.where(pools, (1 + (_WINDOW - 1) * smoothness) / _WINDOW, 1)
            beside = np.where(pools, (beside + own[0]) / 2, beside)
        alike, smoother = _after(self._bends[slot], np.stack([heard_alike, smoothness]))
        near[slot] = fresh * smoother + passed * beside
        np.multiply(heard, passed, out=both[slot, :slot])
        both[:slot, slot] = both[slot, :slot]
        np.multiply(own, passed, out=both[slot, slot])
        both[slot, slot, 0] += fresh
        both[slot, slot, 1] += fresh * alike

    def _sum(self, slot: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The sum that arrives at ``slot``.

        Returns:
            ``(slot, 2, B)`` covariances with all tensors before it, ``(2, B)`` its own, ``(B,)`` that between places.
        """
        heard, moved = self._heard[:slot], self._moved[:slot]
        own, beside = np.zeros(heard.shape[1:], dtype=np.float32), np.zeros(heard.shape[2], dtype=np.float32)
        for number, (source, arc) in enumerate(self._arriving[slot]):
            np.multiply(self._both[source, :slot], self._joined[arc], out=moved if number else heard)
            if number:
                heard += moved
            beside += self._near[source] * self._joined[arc]
        for source, arc in self._arriving[slot]:
            own += heard[source] * self._joined[arc]
        return heard, own, beside


def _after(bends: IntArray, correlation: FloatArray) -> FloatArray:
    """``(..., B)`` correlations behind ``(B,)`` non-linearities, given as where their row of ``_BENT`` begins."""
    step = (correlation * _RESOLUTION + np.float32(_RESOLUTION + 0.5)).astype(np.int32)
    after: FloatArray = _BENT.ravel().take(bends + step, mode="clip")
    return after

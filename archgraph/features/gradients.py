"""How gradients travel back through a network with random weights.

The counterpart of ``signals``: a gradient enters at the output, of power 1 where the signal's is 1, and is passed back
to the input. Operations with normalisation answer a loud signal with a faint gradient, rectifiers let half of it
through, identities all of it, pooling spreads it thin. Graphs are passed several times in a row, as cells and blocks
are stacked. Signals that meet are taken to be independent here, which one sweep in each direction can follow.

Source:
    Schoenholz et al., "Deep Information Propagation", ICLR 2017, https://arxiv.org/abs/1611.01232; Yang et al., "A Mean
    Field Theory of Batch Normalization", ICLR 2019, https://arxiv.org/abs/1902.08129.
"""

from __future__ import annotations

import numpy as np

from archgraph.features.signals import effects_of
from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.typing import FloatArray

GRADIENT_PASSES = (1, 4)
"""Behind so many passes the gradients are looked at."""

GRADIENT_MEASURES = ("gradient", "trainability")
"""Logarithms of the gradient's power at the input, and of its sum over operations that make signals of their own."""

_FAINTEST, _LOUDEST = np.float32(1e-8), np.float32(1e6)
_SMALLEST = np.float32(1e-3)
"""Fainter signals than this are not made louder by normalisation."""

_POOLED = np.float32(0.55)
"""Share of a signal's power that is left where nine places of which neighbours agree by half are averaged."""

_SPREAD = np.float32(0.3)
"""Share of a gradient's power that such an average passes back."""


class GradientSweeps:
    """Passes of signals and gradients over one chunk of graphs.

    Args:
        slots: B graphs in S slots.
        tokens: What their codes mean.
    """

    def __init__(self, slots: Slots, tokens: Tokens) -> None:
        effects = effects_of(tokens)
        fresh = np.array([effect.fresh for effect in effects], np.float32)
        passes = np.array([effect.passes for effect in effects], np.float32)
        pools = np.array([effect.pools for effect in effects])
        bent = np.array([0.5**effect.bends for effect in effects], np.float32)
        codes = slots.codes
        self._fresh, self._bent = fresh[codes], bent[codes]
        self._forth = (passes * np.where(pools, _POOLED, 1).astype(np.float32))[codes]
        self._back = (passes * np.where(pools, _SPREAD, 1).astype(np.float32))[codes]
        self._inputs = codes == tokens.input
        self._joined = slots.joined.astype(np.float32)
        self._arriving = [list(slots.arriving(slot)) for slot in range(len(codes))]

    def measures(self, passes: int) -> dict[tuple[str, int], FloatArray]:
        """``(B,)`` values of each measure behind 1 and behind ``passes`` passes."""
        power: FloatArray = np.ones(self._fresh.shape[1], np.float32)
        heard = []
        for _ in range(passes):
            power, arrived = self._forward(power)
            heard.append(arrived)
        gradient: FloatArray = 1 / np.maximum(power, _FAINTEST)
        trained = np.zeros_like(power)
        found: dict[tuple[str, int], FloatArray] = {}
        for number in range(1, passes + 1):
            gradient, met = self._backward(gradient, heard[passes - number])
            trained += met
            gradient = np.minimum(gradient, 1 / _FAINTEST)
            if number in (1, passes):
                found["gradient", number] = np.log(gradient + _FAINTEST)
                found["trainability", number] = np.log(trained + _FAINTEST)
        return found

    def _forward(self, power: FloatArray) -> tuple[FloatArray, FloatArray]:
        """``(B,)`` power at the output, and ``(S, B)`` what each slot hears."""
        heard, given = np.zeros((2, *self._fresh.shape), np.float32)
        for slot, starts in enumerate(self._inputs):
            for source, arc in self._arriving[slot]:
                heard[slot] += given[source] * self._joined[arc]
            given[slot] = self._fresh[slot] * (heard[slot] > _FAINTEST) + self._forth[slot] * heard[slot]
            given[slot] = np.where(starts, power, given[slot])
        return np.minimum(given[-1], _LOUDEST), heard

    def _backward(self, power: FloatArray, heard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """``(B,)`` power of the gradient at the input, and its sum over the slots that make signals of their own."""
        got = np.zeros_like(heard)
        got[-1] = power
        begun, met = np.zeros((2, len(power)), np.float32)
        for slot in range(len(got) - 1, -1, -1):
            makes = self._fresh[slot] * (heard[slot] > _FAINTEST)
            met += makes * got[slot]
            begun += self._inputs[slot] * got[slot]
            back = got[slot] * (self._back[slot] + makes * self._bent[slot] / np.maximum(heard[slot], _SMALLEST))
            for source, arc in self._arriving[slot]:
                got[source] += back * self._joined[arc]
        return begun, met

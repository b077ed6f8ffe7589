"""Lengths and numbers of paths from input to output, for many sets of tokens and graphs at once.

A path's length is the number of counted operations on it; merges and terminals are passed for free. All sweeps go over
the slots in topological order with arrays ``(K, B)``: K sets of tokens, B graphs.

Source:
    Kadlecová et al., "Surprisingly Strong Performance Prediction with Neural Graph Features", ICML 2024,
    https://arxiv.org/abs/2404.16551.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.typing import BoolArray, FloatArray, IntArray

MOST_PATHS = np.float32(1e30)
"""More paths than this count as this many; the number doubles with every branch that a deep network has."""

Array = np.ndarray[Any, np.dtype[Any]]


class PathSweeps:
    """Sweeps over one chunk of graphs.

    Args:
        slots: The graphs.
        tokens: What their codes mean.
        inside: ``(T + 5, K)`` whether each code is in each set.
    """

    def __init__(self, slots: Slots, tokens: Tokens, inside: BoolArray) -> None:
        self._slots = slots
        small = len(slots.codes) < 250
        self._length = np.dtype(np.uint8 if small else np.uint16)
        # as many paths as there are subsets of the inner slots fit into a byte when there are at most 7 of those
        self._number = np.dtype(np.uint8 if len(slots.codes) <= 9 else np.float32)
        self._never = self._length.type(255 if small else 65535)
        free = np.zeros(len(inside), dtype=bool)
        free[[tokens.merge, tokens.input, tokens.output]] = True
        counted, passed = inside.T.astype(np.uint8), (inside.T | free).astype(np.uint8)
        self._counted = [np.take(counted, codes, axis=1) for codes in slots.codes]
        self._passed = [np.take(passed, codes, axis=1) for codes in slots.codes]
        self._shape = (len(counted), len(slots))
        self._starts = [_where(codes == tokens.input) for codes in slots.codes]
        self._ends = [_where(codes == tokens.output) for codes in slots.codes]

    def shortest(self) -> IntArray:
        """``(K, B)`` length of the shortest path whose operations are all in the set; -1 if there is none."""
        return self._least(restricted=True)

    def least(self) -> IntArray:
        """``(K, B)`` smallest number of operations of the set on any path; -1 if there is no path."""
        return self._least(restricted=False)

    def longest(self) -> IntArray:
        """``(K, B)`` length of the longest path whose operations are all in the set; -1 if there is none."""
        return self._most(restricted=True)

    def most(self) -> IntArray:
        """``(K, B)`` largest number of operations of the set on any path; -1 if there is no path."""
        return self._most(restricted=False)

    def number(self) -> FloatArray:
        """``(K, B)`` logarithm to base 2 of 1 + the number of paths whose operations are all in the set."""

        def along(state: Array, joined: Array, out: Array) -> None:
            np.multiply(state, joined.astype(self._number), out=out)

        def passing(state: Array, slot: int) -> None:
            state *= self._passed[slot]
            if self._number.kind == "f":
                np.minimum(state, MOST_PATHS, out=state)

        arcs = (self._slots.joined > 0).astype(np.uint8)
        found = self._sweep(self._number, 0, 1, arcs, along, np.add, passing).astype(np.float32)
        logarithm: FloatArray = np.log2(1 + found)
        return logarithm

    def _least(self, restricted: bool) -> IntArray:
        # the two largest values both stand for "not reached", so that adding 1 cannot wrap around
        limit = self._never - self._length.type(1)

        def passing(state: Array, slot: int) -> None:
            np.minimum(state, limit, out=state)
            state += self._counted[slot]
            if restricted:
                np.bitwise_or(state, (self._passed[slot] == 0) * self._never, out=state)

        arcs = np.where(self._slots.joined > 0, self._length.type(0), self._never)
        found = self._sweep(self._length, self._never, 0, arcs, np.bitwise_or, np.minimum, passing)
        return np.where(found >= limit, -1, found.astype(np.int16))

    def _most(self, restricted: bool) -> IntArray:
        # 0 stands for "not reached"; a path of length n is n + 1
        def passing(state: Array, slot: int) -> None:
            state += self._counted[slot] & (state > 0)
            if restricted:
                state *= self._passed[slot]

        arcs = np.where(self._slots.joined > 0, self._never, self._length.type(0))
        found = self._sweep(self._length, 0, 1, arcs, np.bitwise_and, np.maximum, passing)
        return found.astype(np.int16) - 1

    def _sweep(
        self,
        dtype: np.dtype[Any],
        nothing: Any,
        start: int,
        arcs: Array,
        along: Callable[..., Any],
        join: Callable[..., Any],
        passing: Callable[[Array, int], None],
    ) -> Array:
        """Values at the outputs: ``start`` at inputs, joined over arriving edges, changed by each node passed."""
        states: list[Array] = []
        result, moved = np.full(self._shape, nothing, dtype=dtype), np.empty(self._shape, dtype=dtype)
        for slot in range(len(self._slots.codes)):
            state = np.full(self._shape, nothing, dtype=dtype)
            for source, arc in self._slots.arriving(slot):
                along(states[source], arcs[arc], out=moved)
                join(state, moved, out=state)
            passing(state, slot)
            state[:, self._starts[slot]] = start
            states.append(state)
            ends = self._ends[slot]
            result[:, ends] = join(result[:, ends], state[:, ends])
        return result


def _where(mask: BoolArray) -> slice | IntArray:
    """An index of the set places: everything or nothing without a list of them, which is what templates give."""
    if mask.all():
        return slice(None)
    return np.flatnonzero(mask) if mask.any() else slice(0)

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
        self._tokens = tokens
        self._inside = np.ascontiguousarray(inside.T)
        self._free = np.zeros(len(inside), dtype=bool)
        self._free[[tokens.merge, tokens.input, tokens.output]] = True
        self._small = np.uint8 if len(slots.codes) < 250 else np.uint16
        self._never = int(np.iinfo(self._small).max)

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
        found = self._sweep(
            np.float32, np.add, lambda state, arc: state * (arc > 0), self._passing_number, np.float32(1), np.add
        )
        return np.log2(1 + np.minimum(found, np.float32(1e30)))

    def _least(self, restricted: bool) -> IntArray:
        # the two largest values both stand for "not reached", so that adding 1 cannot wrap around
        limit = self._small(self._never - 1)

        def passing(state: Array, inside: BoolArray, free: BoolArray) -> Array:
            state = np.minimum(state, limit) + inside
            if restricted:
                state[~(inside | free)] = self._never
            return state

        found = self._sweep(
            self._small, np.minimum, lambda state, arc: state | self._mask(~arc), passing, self._small(0), np.minimum
        )
        return np.where(found >= limit, -1, found.astype(np.int32))

    def _most(self, restricted: bool) -> IntArray:
        # 0 stands for "not reached"; a path of length n is n + 1
        def passing(state: Array, inside: BoolArray, free: BoolArray) -> Array:
            state = state + (inside & (state > 0))
            return state * (inside | free) if restricted else state

        found = self._sweep(
            self._small, np.maximum, lambda state, arc: state & self._mask(arc), passing, self._small(1), np.maximum
        )
        return found.astype(np.int32) - 1

    def _mask(self, arc: IntArray) -> Array:
        """``(B,)`` all bits set where the edge is there."""
        return arc if self._small is np.uint8 else arc.astype(np.int8).astype(np.int16).view(np.uint16)

    @staticmethod
    def _passing_number(state: Array, inside: BoolArray, free: BoolArray) -> Array:
        return state * (inside | free)

    def _sweep(
        self,
        dtype: Any,
        join: np.ufunc,
        along: Callable[[Array, IntArray], Array],
        passing: Callable[[Array, BoolArray, BoolArray], Array],
        start: Any,
        finish: np.ufunc,
    ) -> Array:
        """Values at the outputs: ``start`` at inputs, joined over arriving edges, changed by each node passed."""
        shape = (len(self._inside), len(self._slots))
        nothing = self._never if join is np.minimum else 0
        states: list[Array] = []
        result = np.full(shape, nothing, dtype=dtype)
        for slot, codes in enumerate(self._slots.codes):
            state = np.full(shape, nothing, dtype=dtype)
            for source, arc in self._slots.arriving(slot):
                join(state, along(states[source], arc), out=state)
            state = passing(state, self._inside[:, codes], self._free[codes])
            state = np.where(codes == self._tokens.input, start, state).astype(dtype, copy=False)
            states.append(state)
            ends = codes == self._tokens.output
            if ends.any():
                result = np.where(ends, finish(result, state), result)
        return result

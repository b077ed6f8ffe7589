"""What stands where, in spaces whose graphs are parts of one template with numbered positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens, determines
from archgraph.graph.vocabulary import ATTRIBUTE
from archgraph.typing import FloatArray, IntArray

SHAPES = ("c_out", "height", "width", "hidden", "squeeze", "bits")
"""Numbers that differ at one position in spaces with elastic width or resolution."""

MOST_POSITIONS = 256

Column = tuple[Any, ...]


class Places:
    """Columns by position: which token is there, the value of a setting, the value of a shape; 0 where nothing is.

    Args:
        positions: The P positions that training graphs have.
    """

    def __init__(self, positions: list[int]) -> None:
        self.positions = positions

    @classmethod
    def learn(cls, slots: Slots) -> Places:
        """The positions of ``slots``; none if there are too many to tell a template from."""
        column = slots.attrs[:, ATTRIBUTE["position"]]
        found = np.unique(column[~np.isnan(column)]).astype(np.int64).tolist()
        return cls(found if len(found) <= MOST_POSITIONS else [])

    def columns(self, slots: Slots, tokens: Tokens) -> list[Column]:
        """Columns that can differ among the graphs of ``slots``."""
        at, shape_at = self._tokens_at(slots, tokens), slots.attrs[:, ATTRIBUTE["position"]]
        found: list[Column] = []
        for row, position in zip(at, self.positions, strict=True):
            here = np.unique(row[row < len(tokens)]).tolist()
            if len({tokens.known[code][0] for code in here}) > 1 or not tokens.settings:
                found += [("token", position, code) for code in here]
            else:
                found += [("present", position), *(("setting", position, name) for name in tokens.settings)]
            nodes = shape_at == position
            codes = slots.code_of_node[nodes]
            for name in SHAPES:
                if not determines(codes, np.nan_to_num(slots.attrs[nodes, ATTRIBUTE[name]])):
                    found.append(("shape", position, name))
        return found

    def compute(self, slots: Slots, tokens: Tokens, columns: list[Column]) -> FloatArray:
        """``(len(columns), B)`` values."""
        at = dict(zip(self.positions, self._tokens_at(slots, tokens), strict=True))
        settings = {name: np.append(tokens.setting(name), np.zeros(5)).astype(np.float32) for name in tokens.settings}
        result = np.zeros((len(columns), len(slots)), dtype=np.float32)
        for row, (kind, position, *rest) in zip(result, columns, strict=True):
            if kind == "token":
                row[:] = at[position] == rest[0]
            elif kind == "present":
                row[:] = at[position] <= tokens.unknown
            elif kind == "setting":
                row[:] = settings[rest[0]][at[position]]
            else:
                nodes = slots.attrs[:, ATTRIBUTE["position"]] == position
                row[slots.graph_of_node[nodes]] = np.nan_to_num(slots.attrs[nodes, ATTRIBUTE[rest[0]]])
        return result

    def _tokens_at(self, slots: Slots, tokens: Tokens) -> IntArray:
        """``(P, B)`` code of the token at each position; ``T + 4`` where there is none."""
        at = np.full((len(self.positions), len(slots)), len(tokens) + 4, dtype=np.uint8)
        column = slots.attrs[:, ATTRIBUTE["position"]]
        place = np.searchsorted(self.positions, column)
        if self.positions:
            known = np.asarray(self.positions)[np.minimum(place, len(self.positions) - 1)] == column
            at[place[known], slots.graph_of_node[known]] = slots.code_of_node[known]
        return at

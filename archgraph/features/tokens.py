"""Which kinds of operation the training graphs hold: an operation and those of its settings that vary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import ATTRIBUTE, KINDS, OP_CODE, OPS
from archgraph.typing import FloatArray, IntArray

SETTINGS = ("kernel", "kernel_w", "expand", "stride", "dilation", "groups", "heads", "act", "bits")
"""Attributes that can tell operations apart; shapes are numbers, not kinds."""

MOST_VALUES = 8
"""A setting with more values than this in the training graphs is a number, not a choice."""

MOST_TOKENS = 60
"""Rarer tokens than the 60 most frequent count as unknown."""

FREE = (*KINDS["terminal"], *KINDS["merge"])
"""Operations that paths pass without counting them."""


@dataclass(frozen=True)
class Tokens:
    """The T kinds of counted operations, and codes for everything else.

    Codes are 0..T-1 for known tokens, T for a token that training graphs lacked, then one each for merges, inputs,
    outputs.

    Attributes:
        settings: Names of the attributes that tell tokens of one operation apart.
        values: For each setting the sorted values seen.
        known: The T tokens: operation name, and for each setting its value or None where it does not apply.
    """

    settings: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    known: tuple[tuple[str, tuple[float | None, ...]], ...]

    @classmethod
    def learn(cls, batch: GraphBatch) -> Tokens:
        """The tokens of ``batch``; a setting that the operation's place in its graph determines is left out."""
        counted = ~np.isin(batch.ops, [OP_CODE[op] for op in FREE])
        ops, attrs = batch.ops[counted].astype(np.int64), batch.attrs[counted]
        settings: list[str] = []
        values: list[tuple[float, ...]] = []
        columns: list[IntArray] = [ops]
        key = _joined([ops, _numbered(attrs[:, ATTRIBUTE["position"]])[0]])
        for name in SETTINGS:
            codes, seen = _numbered(attrs[:, ATTRIBUTE[name]])
            if len(seen) <= MOST_VALUES and not determines(key, codes):
                settings.append(name)
                values.append(tuple(seen.tolist()))
                columns.append(codes)
                key = _joined([key, codes])
        rows, count = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
        rows = rows[np.sort(np.argsort(-count, kind="stable")[:MOST_TOKENS])]
        return cls(tuple(settings), tuple(values), tuple(_token(row, values) for row in rows.tolist()))

    def __len__(self) -> int:
        return len(self.known)

    @property
    def unknown(self) -> int:
        """Code of a token that the training graphs lacked."""
        return len(self.known)

    @property
    def merge(self) -> int:
        """Code of operations that only join tensors."""
        return len(self.known) + 1

    @property
    def input(self) -> int:
        """Code of inputs."""
        return len(self.known) + 2

    @property
    def output(self) -> int:
        """Code of outputs."""
        return len(self.known) + 3

    @property
    def names(self) -> tuple[str, ...]:
        """``(T,)`` such as ``conv(kernel=3)``."""
        return tuple(_name(op, self.settings, values) for op, values in self.known)

    @cached_property
    def _table(self) -> IntArray:
        """Code by operation and number of each setting's value; the last number stands for values never seen."""
        shape = (len(OPS), *(len(seen) + 2 for seen in self.values))
        table = np.full(shape, self.unknown, dtype=np.int64)
        for op in KINDS["merge"]:
            table[OP_CODE[op]] = self.merge
        table[OP_CODE["input"]], table[OP_CODE["output"]] = self.input, self.output
        for code, (op, values) in enumerate(self.known):
            numbers = [
                0 if value is None else seen.index(value) + 1 for value, seen in zip(values, self.values, strict=True)
            ]
            table[OP_CODE[op], *numbers] = code
        return table

    def encode(self, ops: IntArray, attrs: FloatArray) -> IntArray:
        """``(N,)`` codes of nodes with op codes ``(N,)`` and attributes ``(N, A)``."""
        place = ops.astype(np.int64)
        for name, seen in zip(self.settings, self.values, strict=True):
            column = attrs[:, ATTRIBUTE[name]]
            # written so that NaN compares unequal to everything and keeps the 0 of "does not apply"
            numbers = np.where(np.isnan(column), 0, len(seen) + 1)
            for number, value in enumerate(seen, 1):
                numbers[column == np.float32(value)] = number
            place = place * (len(seen) + 2) + numbers
        codes: IntArray = self._table.reshape(-1)[place]
        return codes

    def setting(self, name: str) -> FloatArray:
        """``(T,)`` value of the setting ``name`` of each token, 0 where it does not apply."""
        place = self.settings.index(name)
        return np.array([values[place] or 0.0 for _, values in self.known])

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs, ready for JSON."""
        return {"settings": self.settings, "values": self.values, "known": self.known}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Tokens:
        """The inverse of ``state``."""
        return cls(
            tuple(state["settings"]),
            tuple(tuple(seen) for seen in state["values"]),
            tuple((op, tuple(values)) for op, values in state["known"]),
        )


def determines(key: IntArray, column: IntArray) -> bool:
    """Whether rows of ``(N,)`` ``column`` are equal wherever those of ``key`` are."""
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return bool(np.all(column == column[first][group]))


def _numbered(column: FloatArray) -> tuple[IntArray, FloatArray]:
    """``(N,)`` 1 + the place of each value among the sorted distinct ones, 0 for NaN; and those values."""
    missing = np.isnan(column)
    seen, numbers = np.unique(np.where(missing, np.inf, column), return_inverse=True)
    seen = seen[np.isfinite(seen)]
    return np.where(missing, 0, numbers + 1), seen


def _joined(columns: list[IntArray]) -> IntArray:
    """``(N,)`` numbers that are equal where all columns are."""
    numbers: IntArray = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    return numbers


def _token(row: list[int], values: list[tuple[float, ...]]) -> tuple[str, tuple[float | None, ...]]:
    op, *numbers = row
    return OPS[op], tuple(seen[number - 1] if number else None for number, seen in zip(numbers, values, strict=True))


def _name(op: str, settings: tuple[str, ...], values: tuple[float | None, ...]) -> str:
    given = [
        f"{name}={OPS[int(value)] if name == 'act' else format(value, 'g')}"
        for name, value in zip(settings, values, strict=True)
        if value is not None
    ]
    return f"{op}({','.join(given)})" if given else op

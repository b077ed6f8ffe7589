"""Evaluations of a study as arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from archgraph.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Records:
    """B architectures of one phase, in the order of their steps.

    Attributes:
        genotypes: ``(B, G)`` canonical genotypes; ``(0, 0)`` if there are none.
        values: Column to ``(B,)`` values, NaN = failed.
        std: Column to ``(B,)`` standard deviations, NaN = unknown.
        reasons: Why each failed; None where it did not.
        evaluators: Who answered.
        seconds: ``(B,)`` what each took.
        at: ``(B,)`` when it was written, seconds since 1970 (UTC).
        steps: ``(B,)`` generation, round, or place in the queue, ascending.
    """

    genotypes: IntArray
    values: dict[str, FloatArray]
    std: dict[str, FloatArray]
    reasons: tuple[str | None, ...]
    evaluators: tuple[str, ...]
    seconds: FloatArray
    at: FloatArray
    steps: IntArray

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Any]]) -> Records:
        """Rows as the study's database holds them."""
        columns = list(zip(*rows, strict=True)) or [()] * 8
        genotypes, outcomes, std, reasons, evaluators, seconds, at, steps = columns
        return cls(
            genotypes_of(genotypes),
            _columns(_parsed(outcomes)),
            _columns(_parsed([line or "{}" for line in std])),
            tuple(reasons),
            tuple(evaluators),
            np.array(seconds, dtype=np.float64),
            np.array(at, dtype=np.float64),
            np.array(steps, dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.genotypes)


def genotypes_of(texts: Sequence[str]) -> IntArray:
    """``(B, G)`` genotypes, of which a study holds the texts; ``(0, 0)`` if there are none."""
    return np.array(_parsed(texts), dtype=np.int64).reshape(len(texts), -1 if texts else 0)


def _parsed(lines: Sequence[str]) -> list[Any]:
    found: list[Any] = json.loads(f"[{','.join(lines)}]")
    return found


def _columns(rows: Sequence[dict[str, float | None]]) -> dict[str, FloatArray]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name) for row in rows], dtype=np.float64) for name in names}

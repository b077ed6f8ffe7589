"""What an evaluator answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from archgraph.typing import BoolArray, FloatArray, IntArray


class Evaluation(dict[str, FloatArray]):
    """Column to ``(B,)`` float64 values; NaN = failed.

    Attributes:
        reasons: Row to the reason why it failed, one line each.
        std: Column to ``(B,)`` standard deviations, for the columns that are uncertain and whose doubt is known.

    Raises:
        ValueError: Columns differ in length, or there are none.
    """

    def __init__(
        self,
        values: Mapping[str, ArrayLike],
        reasons: Mapping[int, str] | None = None,
        std: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        super().__init__({column: np.asarray(given, dtype=np.float64) for column, given in values.items()})
        self.reasons = dict(reasons or {})
        self.std = {column: np.asarray(given, dtype=np.float64) for column, given in (std or {}).items()}
        shapes = {array.shape for array in (*self.values(), *self.std.values())}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            told = ", ".join(f"{column} {array.shape}" for column, array in self.items()) or "there are none"
            raise ValueError(f"the columns of an evaluation must all have shape (B,), but have {told}")

    @property
    def rows(self) -> int:
        """B."""
        return len(next(iter(self.values())))

    def explained(self) -> Evaluation:
        """This evaluation with a reason for every row that has a value which is not finite, and NaN in its place."""
        for column, given in self.items():
            bad = np.flatnonzero(~np.isfinite(given))
            for row in bad:
                self.reasons.setdefault(int(row), f"{column} is {given[row]}")
            if len(bad):
                self[column] = np.where(np.isfinite(given), given, np.nan)
        return self

    def take(self, rows: IntArray | BoolArray) -> Evaluation:
        """The answers for ``rows`` only, in that order: indices or a mask."""
        wanted = np.arange(self.rows)[rows].tolist()
        return Evaluation(
            {column: given[wanted] for column, given in self.items()},
            {place: self.reasons[row] for place, row in enumerate(wanted) if row in self.reasons},
            {column: given[wanted] for column, given in self.std.items()},
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Evaluation]) -> Evaluation:
        """The rows of ``parts``, which have the same columns, in order."""
        starts = np.cumsum([0, *(part.rows for part in parts)]).tolist()
        numbered = zip(starts, parts, strict=False)
        reasons = {start + row: why for start, part in numbered for row, why in part.reasons.items()}
        return cls(
            {column: np.concatenate([part[column] for part in parts]) for column in parts[0]},
            reasons,
            {column: np.concatenate([part.std[column] for part in parts]) for column in parts[0].std},
        )

    @classmethod
    def merge(cls, parts: Sequence[Evaluation]) -> Evaluation:
        """The columns of ``parts``, which have the same rows; reasons of one row are joined."""
        reasons: dict[int, str] = {}
        for part in parts:
            for row, why in part.reasons.items():
                reasons[row] = f"{reasons[row]}; {why}" if row in reasons else why
        return cls(
            {column: given for part in parts for column, given in part.items()},
            reasons,
            {column: given for part in parts for column, given in part.std.items()},
        )

"""What predictors are compared on: a column of a table, and which rows train and test."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from archgraph import _check
from archgraph.data import ArchTable
from archgraph.graph import GraphBatch

DEFAULT_SIZE = 128


@dataclass(frozen=True, eq=False)
class RankTask:
    """A column to predict.

    Attributes:
        table: The benchmark; rows without a value of the target are left out.
        target: Column to predict.
        sizes: Numbers of training rows. 128 unless given; with a column that splits, all of its training rows.
        split: Column that says which rows train (1) and test (0); "" for random splits, of which all rows that do not
            train test.
        inputs: Columns, or patterns of their names, that predictors see beside the graph.
        rows: The rows that have what it takes.

    Raises:
        UnknownNameError: There is no such column.
        ValueError: A size leaves nothing to test on, or the column does not split the rows.
    """

    table: ArchTable
    target: str
    sizes: tuple[int, ...] = ()
    split: str = ""
    inputs: tuple[str, ...] = ()
    rows: ArchTable = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = self.table.measured(self.target, *([self.split] if self.split else []))
        object.__setattr__(self, "rows", rows)
        if self.target in rows.matching(*self.inputs):
            raise ValueError(f"inputs of {self.name} must not hold what is to be predicted, but {self.inputs} do")
        most = len(rows) - 1
        if self.split:
            most = int(np.sum(rows[self.split] == 1))
            if not most or not np.any(rows[self.split] == 0):
                raise ValueError(f"column {self.split!r} must be 1 in training rows and 0 in test rows to split them")
        sizes = self.sizes or (most if self.split else DEFAULT_SIZE,)
        object.__setattr__(self, "sizes", tuple(_check.positive_int("sizes", size) for size in sizes))
        for size in self.sizes:
            if size > most:
                raise ValueError(f"sizes must be in 1..{most} for {self.name}, but has {size}")

    @property
    def name(self) -> str:
        """Table and target, the column that splits, and what predictors see beside the graph."""
        split, inputs = f" ({self.split})" if self.split else "", "".join(f" + {name}" for name in self.inputs)
        return f"{self.table.name or self.table.space.name}/{self.target}{split}{inputs}"

    @property
    def unit(self) -> str:
        """Of the target."""
        return self.table.units[self.target]

    @property
    def goal(self) -> str:
        """Which way the target is better."""
        return self.table.goals.get(self.target, "max")

    def graphs(self, table: ArchTable) -> GraphBatch:
        """What predictors see of rows of the table, the graphs built anew."""
        return table.take(slice(None)).graphs_for(self.target, *self.inputs)

    def divided(self, size: int, seed: int) -> tuple[ArchTable, ArchTable]:
        """``size`` rows to train on and the rows to test on.

        A column that splits leaves to the seed only which of its training rows are taken.
        """
        if not self.split:
            return self.rows.split(size, seed)
        train, test = (np.flatnonzero(self.rows[self.split] == side) for side in (1, 0))
        return self.rows.take(np.random.RandomState(seed).permutation(train)[:size]), self.rows.take(test)

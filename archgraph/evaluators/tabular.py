"""Looking architectures up in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from archgraph.data.groups import means
from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.evaluators.keys import find, genotype_keys
from archgraph.registry import UnknownNameError
from archgraph.typing import IntArray

if TYPE_CHECKING:
    from archgraph.data import ArchTable


class Tabular(Evaluator):
    """Answers with what a table holds of the same canonical genotype; several such rows are averaged.

    Of columns that were measured with operations that no path uses (``ArchTable.as_written``), the row without any
    counts alone, where there is one.

    Args:
        table: The architectures and what was measured of them.
        columns: Which columns to answer; None answers all.

    Raises:
        UnknownNameError: The table lacks a column.
    """

    name = "table"

    def __init__(self, table: ArchTable, columns: Sequence[str] | None = None) -> None:
        self.space = table.space
        self.columns = tuple(table.columns if columns is None else columns)
        for column in self.columns:
            if column not in table.columns:
                raise UnknownNameError("column", column, list(table.columns))
        self._keys, group = np.unique(genotype_keys(table.space, table.genotypes), return_inverse=True)
        # one group more than there are: its NaN answers for row -1, which is no row
        groups = (group.reshape(-1), len(self._keys) + 1)
        canonical = (table.space.canonical(table.genotypes) == table.genotypes).all(axis=1)
        self._values = {column: means(table.columns[column], *groups) for column in self.columns}
        for column in filter(table.as_written, self.columns):
            exact = means(np.where(canonical, table.columns[column], np.nan), *groups)
            self._values[column] = np.where(np.isnan(exact), self._values[column], exact)

        self._measured = {column: np.isfinite(values[:-1]) for column, values in self._values.items()}
        self._genotypes = table.space.canonical(table.genotypes[np.unique(group, return_index=True)[1]])
        # places of the architectures in the order of their genotypes
        self._order = np.lexsort(self._genotypes.T[::-1])

    def answerable_for(self, columns: Sequence[str]) -> IntArray:
        """The genotypes of which the table holds all ``columns`` that are its own, in their order."""
        wanted = [self._measured[column] for column in columns if column in self._measured]
        rows: IntArray = self._genotypes[self._order]
        return rows[np.all(wanted, axis=0)[self._order]] if wanted else rows

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Table values of ``(B, G)`` genotypes; NaN where the table has no such row or no such measurement."""
        row = find(self._keys, genotype_keys(self.space, genotypes))
        values = {column: given[row] for column, given in self._values.items()}
        reasons = {int(place): "the table has no such architecture" for place in np.flatnonzero(row < 0)}
        for column, given in values.items():
            for place in np.flatnonzero(np.isnan(given) & (row >= 0)):
                reasons.setdefault(int(place), f"the table has no {column} of it")
        return Evaluation(values, reasons)

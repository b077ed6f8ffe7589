"""A benchmark: architectures, and what was measured of them."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from archgraph.graph import GraphBatch
from archgraph.registry import UnknownNameError
from archgraph.spaces import SearchSpace
from archgraph.spaces.listed import ListedSpace
from archgraph.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ArchTable:
    """R architectures of one space with named columns of measurements.

    Attributes:
        space: What the genotypes mean.
        genotypes: ``(R, G)`` int64, read-only.
        columns: Name to ``(R,)`` float64, read-only; NaN = not measured.
        units: Column to unit; "" where a column has none.
        goals: Column to "max" or "min", for those that have a direction.
        source: Where it comes from: name, title, citation, licence, files; whatever JSON can hold.

    Raises:
        ValueError: A genotype is not of the space, or a column has another length, is not numeric or not finite.
        UnknownNameError: A unit or goal is given for a column that is not there.
    """

    space: SearchSpace
    genotypes: IntArray
    columns: Mapping[str, FloatArray]
    units: Mapping[str, str] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        genotypes = self.space.check(self.genotypes)
        wrong = np.flatnonzero(~self.space.valid(genotypes))
        if len(wrong):
            raise ValueError(f"row {wrong[0]}, {genotypes[wrong[0]].tolist()}, is not valid in {self.space.name!r}")
        genotypes.setflags(write=False)
        columns = {name: _column(name, values, len(genotypes)) for name, values in self.columns.items()}
        for name in (*self.units, *self.goals):
            if name not in columns:
                raise UnknownNameError("column", name, list(columns))
        for name, goal in self.goals.items():
            if goal not in ("max", "min"):
                raise ValueError(f"goal of column {name!r} must be 'max' or 'min', but is {goal!r}")
        object.__setattr__(self, "genotypes", genotypes)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "units", {name: self.units.get(name, "") for name in columns})

    def __len__(self) -> int:
        return len(self.genotypes)

    def __getitem__(self, column: str) -> FloatArray:
        if column not in self.columns:
            raise UnknownNameError("column", column, list(self.columns))
        return self.columns[column]

    def __repr__(self) -> str:
        return f"ArchTable({self.name or self.space.name!r}, {len(self)} rows, columns {', '.join(self.columns)})"

    @property
    def name(self) -> str:
        """The data set's name, "" if it has none."""
        return str(self.source.get("name", ""))

    @cached_property
    def graphs(self) -> GraphBatch:
        """The R compact graphs, built when first asked for."""
        return self.space.graphs(self.genotypes)

    def graphs_for(self, target: str, *inputs: str) -> GraphBatch:
        """The R compact graphs that tell a column, and, for predictors to see beside them, other columns.

        Args:
            target: Name of what is to be predicted. Columns that match a pattern in ``source["as_written"]`` were
                measured on networks with all operations, also those that no path uses: see
                ``SearchSpace.written_graphs``.
            inputs: Names of columns, or patterns of names such as ``"zc_*"``.

        Raises:
            UnknownNameError: No column has the name, or matches the pattern.
        """
        graphs = self.space.written_graphs(self.genotypes) if self.as_written(target) else self.graphs
        return graphs.with_columns({name: self[name] for name in self.matching(*inputs)})

    def as_written(self, column: str) -> bool:
        """Whether a column was measured on networks with all operations, also those that no path uses."""
        return any(fnmatch.fnmatchcase(column, pattern) for pattern in self.source.get("as_written", ()))

    def matching(self, *patterns: str) -> list[str]:
        """Names of the columns that are named or match a pattern such as ``"zc_*"``, none twice.

        Raises:
            UnknownNameError: No column has the name, or matches the pattern.
        """
        found: dict[str, None] = {}
        for pattern in patterns:
            names = fnmatch.filter(self.columns, pattern)
            if not names:
                raise UnknownNameError("column", pattern, list(self.columns))
            found |= dict.fromkeys(names)
        return list(found)

    @cached_property
    def sha256(self) -> str:
        """64 hex digits of the content: space, genotypes, columns, units and goals; not of the source.

        Of a list of graphs, whose genotypes say nothing by themselves, the graphs count too.
        """
        digest = hashlib.sha256(json.dumps([self.space.name, self.units, self.goals], sort_keys=True).encode())
        digest.update(self.genotypes.astype("<i8").tobytes())
        if isinstance(self.space, ListedSpace):
            digest.update(self.graphs.fingerprints().astype("<u8").tobytes())
        for name in sorted(self.columns):
            # every NaN alike: its payload bits may change on the way through a file
            values = np.where(np.isnan(self.columns[name]), np.nan, self.columns[name])
            digest.update(name.encode() + values.astype("<f8").tobytes())
        return digest.hexdigest()

    def take(self, rows: IntArray | BoolArray | slice | list[int]) -> ArchTable:
        """The table of some rows, in the order given: indices, a mask or a slice."""
        index = np.arange(len(self))[rows]
        columns = {name: values[index] for name, values in self.columns.items()}
        return ArchTable.of_checked(self.space, self.genotypes[index], columns, self.units, self.goals, self.source)

    def measured(self, *columns: str) -> ArchTable:
        """The table of the rows that have a value in all of ``columns``."""
        return self.take(~np.any([np.isnan(self[column]) for column in columns], axis=0))

    def dedupe(
        self,
        keep: Literal["first", "best", "mean"] = "first",
        column: str | None = None,
        by: Literal["canonical", "fingerprint"] = "canonical",
    ) -> ArchTable:
        """The table with one row for each network, in the order of their first rows.

        Args:
            keep: The ``"first"`` row of each network, its ``"best"`` row, or its first genotype with the ``"mean"``
                of every column over what was measured.
            column: Whose goal says what is best; the first column with a goal, unless given.
            by: What makes two rows the same network: ``"canonical"``, that they differ in genes without effect only;
                ``"fingerprint"``, that their compact graphs are isomorphic, which finds more.

        Raises:
            UnknownNameError: ``keep``, ``by`` or ``column`` is not known.
            ValueError: There is no goal to tell the best by, or a column is given without ``keep="best"``.
        """
        from archgraph.data.duplicates import dedupe

        return dedupe(self, keep, column, by)

    def split(self, n_train: int, seed: int) -> tuple[ArchTable, ArchTable]:
        """``n_train`` random rows to train on and all others to test on.

        The rows are those of ``numpy.random.RandomState(seed).permutation(R)``, so that splits agree with published
        protocols that use it.

        Raises:
            ValueError: ``n_train`` is below 1 or leaves no row to test on.
        """
        if not 1 <= n_train < len(self):
            raise ValueError(
                f"n_train must be in 1..{len(self) - 1}, but is {n_train}: the table has {len(self)} rows,"
                " and some must be left to test on"
            )
        order = np.random.RandomState(seed).permutation(len(self))
        return self.take(order[:n_train]), self.take(order[n_train:])

    def to_pandas(self) -> pd.DataFrame:
        """One row an architecture: its text in ``architecture``, then the columns.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError("to_pandas needs pandas; install it with: pip install 'archgraph[pandas]'") from error
        architectures = [self.space.format(genotype) for genotype in self.genotypes]
        return pd.DataFrame({"architecture": architectures} | dict(self.columns))

    def save(self, path: str | os.PathLike[str], compressed: bool = False) -> None:
        """Write the table to one npz file, whole or not at all.

        Args:
            path: The file; one that is there is replaced.
            compressed: Make it small instead of fast to load.

        Raises:
            OSError: The file cannot be written.
        """
        from archgraph.data import table_file

        table_file.save(self, path, compressed)

    @classmethod
    def load(cls, path: str | os.PathLike[str], space: SearchSpace | None = None, thorough: bool = False) -> ArchTable:
        """Read what ``save`` wrote; columns stay in the file until they are used.

        Args:
            path: The npz file.
            space: The table's space, needed only when it is neither registered nor in the file.
            thorough: Check not only the checksums, but every row and the hash of the content.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is truncated, altered, no table, or of a space that has changed since.
        """
        from archgraph.data import table_file

        return table_file.load(path, space, thorough)

    @classmethod
    def of_checked(
        cls,
        space: SearchSpace,
        genotypes: IntArray,
        columns: Mapping[str, FloatArray],
        units: Mapping[str, str],
        goals: Mapping[str, str],
        source: Mapping[str, Any],
    ) -> ArchTable:
        """A table of rows, columns, units and goals that another table had: nothing is checked or copied again."""
        table = object.__new__(cls)
        for array in (genotypes, *columns.values()):
            array.setflags(write=False)
        values = (space, genotypes, dict(columns), dict(units), dict(goals), dict(source))
        for name, value in zip(("space", "genotypes", "columns", "units", "goals", "source"), values, strict=True):
            object.__setattr__(table, name, value)
        return table


def _column(name: str, values: ArrayLike, rows: int) -> FloatArray:
    try:
        column = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {name!r} must be numbers, but {error}") from error
    if column.shape != (rows,):
        raise ValueError(f"column {name!r} must have shape ({rows},), but has shape {column.shape}")
    infinite = np.flatnonzero(np.isinf(column))
    if len(infinite):
        raise ValueError(f"column {name!r} is {column[infinite[0]]} in row {infinite[0]}; NaN stands for not measured")
    column.setflags(write=False)
    return column

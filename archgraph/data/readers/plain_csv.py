"""One's own measurements: a CSV file with a column of architectures and columns of numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from archgraph.data.readers.csv_file import CsvFile
from archgraph.data.table import ArchTable
from archgraph.spaces import SearchSpace
from archgraph.spaces import space as space_of
from archgraph.typing import IntArray


def read_csv(
    path: str | os.PathLike[str],
    space: SearchSpace | str,
    columns: Sequence[str],
    architecture: str = "architecture",
    units: Mapping[str, str] | None = None,
    goals: Mapping[str, str] | None = None,
) -> ArchTable:
    """The table in a CSV file of one's own.

    Args:
        path: A UTF-8 file with a header line; empty cells are "not measured".
        space: The space, or its name.
        columns: Names of the columns to read as numbers.
        architecture: Name of the column with architectures as ``space.format`` writes them.
        units: Column to unit.
        goals: Column to "max" or "min".

    Raises:
        OSError: The file cannot be read.
        ValueError: A column is missing, a cell is no number, or an architecture is not of the space; the message
            names the file and the line.
    """
    space = space_of(space) if isinstance(space, str) else space
    file = CsvFile.read(path)
    genotypes = parsed(file, architecture, space)
    values = {column: file.numbers(column) for column in columns}
    source = {"name": Path(path).stem}
    return ArchTable(space, genotypes, values, units or {}, goals or {}, source)


def parsed(file: CsvFile, column: str, space: SearchSpace) -> IntArray:
    """``(R, G)`` genotypes of a column of architecture texts.

    Raises:
        ValueError: The file has no such column, or a text is not of the space.
    """
    texts = file.text(column)
    genotypes = np.empty((len(texts), space.genes), dtype=np.int64)
    for row, text in enumerate(texts):
        try:
            genotypes[row] = space.parse(text)
        except ValueError as error:
            raise ValueError(f"{file.at(row)}: {error}") from error
    return genotypes

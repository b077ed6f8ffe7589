"""What was measured of a few architectures: one number for each, and a word on every row that is not one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from archgraph.data.groups import groups_of
from archgraph.data.own import genotypes_of
from archgraph.data.records import Records
from archgraph.spaces import SearchSpace
from archgraph.typing import FloatArray, IntArray

USUAL = "latency_ms"
"""The column that is read where there are several and nobody says which."""


class Measurements(NamedTuple):
    """n architectures, none of them twice, in the order of their first rows.

    Attributes:
        genotypes: ``(n, G)``.
        values: ``(n,)`` above 0; of one that was measured more than once the median.
        column: Where the values were.
        remarks: What was skipped, and what was put together.
    """

    genotypes: IntArray
    values: FloatArray
    column: str
    remarks: tuple[str, ...]


def read_measurements(
    path: str | os.PathLike[str],
    space: SearchSpace,
    column: str | None = None,
    architecture: str = "architecture",
    least: int = 1,
    usual: str = USUAL,
    as_written: bool = False,
    naming: str = "column",
) -> Measurements:
    """Times, energies or other costs above 0 in a file of one's own, as ``read_own`` reads it.

    Args:
        path: A file with a header line ending in .csv, or of one object a line ending in .jsonl, or ending in .parquet.
        space: Of the architectures.
        column: Name of the column with the numbers, "not measured" where a cell is empty or nan. None for ``usual``, or
            where there is none for the only column of numbers; those named ``<column>_...`` tell about that one.
        architecture: Name of the column with the architectures.
        least: How many architectures must be measured.
        usual: See ``column``.
        as_written: Whether architectures that differ in operations which no path uses are different ones.
        naming: How errors call ``column``.

    Raises:
        OSError: The file cannot be read.
        ImportError: It is Parquet, and pyarrow is not installed.
        ValueError: A column is missing, a cell is no number above 0, an architecture is not of the space, or too few
            are measured; the message names the file, and the line, the column and the value of a cell.
    """
    records = Records.read(path)
    cells = records.cells(architecture)
    found = _column(records, architecture, usual, naming) if column is None else column
    numbers = records.numbers(found)
    wrong = np.flatnonzero(numbers <= 0)
    if len(wrong):
        raise ValueError(
            f"{records.at(wrong[0])}: {found} is {records.cells(found)[wrong[0]]!r}; expected a number above 0 or an"
            " empty cell"
        )
    genotypes = genotypes_of(records, architecture, cells, space)
    rows = np.flatnonzero(~np.isnan(numbers))
    first, group = groups_of(genotypes[rows] if as_written else space.canonical(genotypes[rows]))
    if len(first) < least:
        raise ValueError(
            f"{records.name}: {found} must be measured of at least {least} distinct architectures, but is of"
            f" {len(first)}"
        )
    values = np.array([np.median(numbers[rows][group == number]) for number in range(len(first))])
    remarks = []
    if len(rows) < len(records):
        skipped = len(records) - len(rows)
        remarks.append(f"{skipped} of {len(records)} rows of {records.name} are skipped: {found} is not measured there")
    if len(first) < len(rows):
        remarks.append(_repeated(records, found, numbers, rows, group))
    return Measurements(genotypes[rows[first]], values, found, tuple(remarks))


def _column(records: Records, architecture: str, usual: str, naming: str) -> str:
    """The column that is meant where nobody says which."""
    if usual in records.columns:
        return usual
    numeric = [name for name in records.columns if name != architecture and _is_numeric(records, name)]
    own = [name for name in numeric if not any(name.startswith(f"{other}_") for other in numeric)]
    if len(own) != 1:
        shown = ", ".join(map(repr, own)) or "none"
        raise ValueError(
            f"{records.name} has no column {usual!r}, and {shown} of numbers; name the one that was measured with"
            f" {naming}"
        )
    return own[0]


def _is_numeric(records: Records, name: str) -> bool:
    try:
        return bool(np.isfinite(records.numbers(name)).any())
    except ValueError:
        return False


def _repeated(records: Records, column: str, numbers: FloatArray, rows: IntArray, group: IntArray) -> str:
    """Says which architectures were measured more than once, and how far apart."""
    times = np.bincount(group)
    apart: Sequence[float] = [float(np.ptp(np.log(numbers[rows][group == number]))) for number in range(len(times))]
    mine = rows[group == int(np.argmax(apart))]
    low, high = mine[np.argmin(numbers[mine])], mine[np.argmax(numbers[mine])]
    several = int((times > 1).sum())
    text = f"{several} of {len(times)} architectures of {records.name} were measured more than once; the median counts"
    if low == high:
        return text
    return (
        f"{text}, of what is up to {numbers[high] / numbers[low]:.3g} times apart: {column} is {numbers[low]:g} in"
        f" {records.places[low]} and {numbers[high]:g} in {records.places[high]}"
    )

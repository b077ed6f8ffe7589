"""A latency table as a table of architectures, or as CSV."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from typing import Any

import numpy as np

from archgraph._files import write_text
from archgraph.data import ArchTable
from archgraph.latency.latency_table import LatencyTable, Row
from archgraph.spaces import SearchSpace


def as_arch_table(table: LatencyTable, space: SearchSpace) -> ArchTable:
    """The architectures that were measured, and for each column of ``table`` three of the result.

    They are the median, ``<column>_spread`` and ``<column>_half_width``, in its unit; NaN where a device did not
    measure an architecture. The cards of the devices are in the table's source.

    Args:
        table: Times of architectures of ``space``.
        space: Reads their names.

    Raises:
        ValueError: Nothing is measured yet, or a name is no architecture of the space.
    """
    rows = {column: {row.architecture: row for row in table.rows(column)} for column in table.columns}
    names = list(dict.fromkeys(name for measured in rows.values() for name in measured))
    if not names:
        raise ValueError(f"{str(table.path)!r} holds no time yet; measure first")
    columns: dict[str, Any] = {}
    units: dict[str, str] = {}
    for column, measured in rows.items():
        found = [measured[name].found[:3] if name in measured else (np.nan,) * 3 for name in names]
        values = np.array(found, dtype=np.float64).T
        ends = (column, f"{column}_spread", f"{column}_half_width")
        columns |= dict(zip(ends, values, strict=True))
        units |= dict.fromkeys(ends, table.columns[column]["unit"])
    genotypes = np.stack([space.parse(name) for name in names])
    name = "latency" if table.path is None else table.path.stem
    source = {"name": name, "devices": table.columns}
    return ArchTable(space, genotypes, columns, units, dict.fromkeys(rows, "min"), source)


def write_csv(table: LatencyTable, path: str | os.PathLike[str]) -> None:
    """Write a line for each architecture and, for each column of ``table``, six cells.

    They are ``<column>`` (the median), ``<column>_spread`` and ``<column>_half_width`` in its unit,
    ``<column>_runs``, ``<column>_at`` (UTC) and ``<column>_device``, its name; empty where a device did not measure an
    architecture.

    Raises:
        OSError: The file cannot be written.
    """
    cells: dict[str, dict[str, object]] = {}
    for column, card in table.columns.items():
        for row in table.rows(column):
            found = _cells(column, row) | {f"{column}_device": card.get("device", "")}
            cells.setdefault(row.architecture, {}).update(found)
    ends = ("", "_spread", "_half_width", "_runs", "_at", "_device")
    names = [f"{column}{end}" for column in table.columns for end in ends]
    written = io.StringIO()
    writer = csv.DictWriter(written, ["architecture", *names], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"architecture": name} | found for name, found in cells.items())
    write_text(path, written.getvalue())


def _cells(column: str, row: Row) -> dict[str, object]:
    median, spread, half_width, runs = row.found
    return {
        column: median,
        f"{column}_spread": spread,
        f"{column}_half_width": "" if np.isnan(half_width) else half_width,
        f"{column}_runs": runs,
        f"{column}_at": datetime.fromtimestamp(row.at, UTC).isoformat(timespec="seconds"),
    }

"""Measured times on disk, as they are measured, by one or several processes."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from archgraph.latency.measurement import Measurement
from archgraph.latency.worker import Worker
from archgraph.registry import UnknownNameError

_VERSION = 1
_APPLICATION = 0x6172676C  # "argl", so that other SQLite files are told apart
_SCHEMA = """
CREATE TABLE note (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE device (        -- what each column was measured on
    name TEXT PRIMARY KEY,   -- of the column
    card TEXT NOT NULL       -- JSON, name to text
);
CREATE TABLE measurement (
    id INTEGER PRIMARY KEY,  -- in the order of measuring
    name TEXT NOT NULL,      -- of the column
    architecture TEXT NOT NULL,
    median REAL NOT NULL,    -- milliseconds, as the next two
    spread REAL NOT NULL,
    half_width REAL,         -- null = not known
    runs INTEGER NOT NULL,
    at REAL NOT NULL,        -- seconds since 1970 (UTC)
    UNIQUE (name, architecture)
);
CREATE TABLE claim (         -- what is being measured
    name TEXT NOT NULL,
    architecture TEXT NOT NULL,
    worker TEXT NOT NULL,
    UNIQUE (name, architecture)
);
"""


class Row(NamedTuple):
    """One measured architecture.

    Attributes:
        architecture: As its space writes it, or an ONNX file's name and the beginning of its sha256.
        found: Its time.
        at: Seconds since 1970 (UTC) when that was written.
    """

    architecture: str
    found: Measurement
    at: float


class LatencyTable:
    """A SQLite file (or memory) of the times of architectures of one space, a column for each device.

    Each row is one transaction: a killed process leaves all rows that it wrote, and what it was measuring is free
    again, because the system drops the lock by which others see that it lives.

    Args:
        path: The file, which is made if there is none; None keeps the table in memory.
        space: Name of the space that the architectures are of, or whatever else says what their names mean. None takes
            the file as it is.

    Attributes:
        space: The same.

    Raises:
        FileNotFoundError: There is no such file, and no space to begin it with.
        ValueError: The file is no latency table, is of a newer version, or of another space.
        OSError: The file cannot be opened or written.
    """

    def __init__(self, path: str | os.PathLike[str] | None, space: str | None = None) -> None:
        self.path = None if path is None else Path(path)
        if space is None and (self.path is None or not self.path.exists()):
            raise FileNotFoundError(f"there is no latency table {str(path)!r}")
        self._worker = Worker(self.path)
        with self._clear_errors():
            name = ":memory:" if self.path is None else self.path
            self._connection = sqlite3.connect(name, timeout=60, isolation_level=None)
        # Also of a table that nobody holds any more.
        self._close = weakref.finalize(self, _closed, self._connection, self._worker)
        try:
            self._begin(space)
            self.space = str(self._note("space"))
            if space not in (None, self.space):
                raise ValueError(f"{str(path)!r} holds times of {self.space!r}, not of {space!r}; use another file")
        except BaseException:
            self.close()
            raise

    def _begin(self, space: str | None) -> None:
        if space is not None:
            with self._clear_errors():
                self._connection.execute("PRAGMA journal_mode = WAL")
            with self._transaction():
                if not self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
                    for statement in _SCHEMA.split(";\n"):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                    self._connection.execute(f"PRAGMA user_version = {_VERSION}")
                    self._connection.execute("INSERT INTO note VALUES ('space', ?)", (space,))
        with self._clear_errors():
            application = self._connection.execute("PRAGMA application_id").fetchone()[0]
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if application != _APPLICATION:
                raise ValueError(f"{str(self.path)!r} is no latency table; use another file")
            if version > _VERSION:
                raise ValueError(f"{str(self.path)!r} is of version {version}, newer than {_VERSION}; update archgraph")
            # Transactions survive a killed process in either case; FULL, the default, would wait for the disk at each.
            self._connection.execute("PRAGMA synchronous = NORMAL")

    # ---- columns

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """Column to the card of the device that it was measured on."""
        with self._clear_errors():
            return {name: json.loads(card) for name, card in self._connection.execute("SELECT name, card FROM device")}

    def begin(self, column: str, card: Mapping[str, str]) -> None:
        """Say what ``column`` is measured on; a column stays on what it was begun on.

        Raises:
            ValueError: It was begun on a device with another card; the message names the first difference.
        """
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO device VALUES (?, ?)", (column, json.dumps(dict(card), sort_keys=True))
            )
        kept = self.columns[column]
        for key in (*card, *kept):
            if kept.get(key) != card.get(key):
                raise ValueError(
                    f"column {column!r} of {str(self.path)!r} was measured with {key} {kept.get(key)!r}, not "
                    f"{card.get(key)!r}; use another column or another file"
                )

    def rows(self, column: str) -> list[Row]:
        """What was measured of ``column``, in the order of measuring.

        Raises:
            UnknownNameError: There is no such column.
        """
        if column not in self.columns:
            raise UnknownNameError("column", column, list(self.columns))
        with self._clear_errors():
            found = self._connection.execute(
                "SELECT architecture, median, spread, half_width, runs, at FROM measurement WHERE name = ? ORDER BY id",
                (column,),
            ).fetchall()
        return [
            Row(architecture, Measurement(median, spread, math.nan if width is None else width, runs), at)
            for architecture, median, spread, width, runs, at in found
        ]

    # ---- measuring

    def claim(self, column: str, architectures: Sequence[str], most: int) -> list[str]:
        """Take architectures that are neither measured nor being measured by a process that lives.

        Args:
            column: A column that was begun.
            architectures: Those that are wanted, in the order in which to take them.
            most: How many at most.

        Returns:
            What was taken, which no other process takes until it is added, released, or this process ends.
        """
        with self._transaction():
            # Inside the transaction, so that only one process at a time looks which of the others live.
            self._worker.begin()
            known = {worker for (worker,) in self._connection.execute("SELECT DISTINCT worker FROM claim")}
            for worker in self._worker.dead(known):
                self._connection.execute("DELETE FROM claim WHERE worker = ?", (worker,))
            taken = {
                name
                for table in ("measurement", "claim")
                for (name,) in self._connection.execute(f"SELECT architecture FROM {table} WHERE name = ?", (column,))
            }
            free = [name for name in dict.fromkeys(architectures) if name not in taken][:most]
            self._connection.executemany(
                "INSERT INTO claim VALUES (?, ?, ?)", [(column, name, self._worker.name) for name in free]
            )
        return free

    def add(self, column: str, architecture: str, found: Measurement) -> None:
        """Write one time; an architecture that has one keeps it."""
        width = None if math.isnan(found.half_width) else found.half_width
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO measurement (name, architecture, median, spread, half_width, runs, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (column, architecture, found.median, found.spread, width, found.runs, time.time()),
            )
            self._forget(column, architecture)

    def release(self, column: str, architectures: Sequence[str]) -> None:
        """Let others measure what was claimed."""
        if not architectures:
            return
        with self._transaction():
            for architecture in architectures:
                self._forget(column, architecture)

    def _forget(self, column: str, architecture: str) -> None:
        self._connection.execute(
            "DELETE FROM claim WHERE name = ? AND architecture = ? AND worker = ?",
            (column, architecture, self._worker.name),
        )

    # ---- the file

    def _note(self, key: str) -> str:
        with self._clear_errors():
            found = self._connection.execute("SELECT value FROM note WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise ValueError(f"{str(self.path)!r} is damaged: it has lost its {key}; use another file")
        return str(found[0])

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise OSError(f"cannot use the latency table {str(self.path)!r}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{str(self.path)!r} is damaged or no latency table: {error}; use another file") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._clear_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file and of what was claimed; what was added is on disk already."""
        self._close()

    def __enter__(self) -> LatencyTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _closed(connection: sqlite3.Connection, worker: Worker) -> None:
    # A file that cannot be written any more keeps the claims; others see that this worker has ended.
    with suppress(sqlite3.Error):
        connection.execute("DELETE FROM claim WHERE worker = ?", (worker.name,))
    connection.close()
    worker.end()

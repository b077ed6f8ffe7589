"""Measured times on disk, as they are measured, by one or several processes."""

from __future__ import annotations

import json
import math
import os
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
)

from archgraph._place import Place
from archgraph._store import Kind, Store
from archgraph.latency.measurement import Measurement
from archgraph.latency.worker import Worker
from archgraph.registry import UnknownNameError

_TABLES = MetaData()
_NOTE = Table("note", _TABLES, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
_DEVICE = Table(  # what each column was measured on
    "device",
    _TABLES,
    Column("name", Text, primary_key=True),  # of the column
    Column("card", Text, nullable=False),  # JSON, name to text
)
_MEASUREMENT = Table(
    "measurement",
    _TABLES,
    Column("id", Integer, primary_key=True),  # in the order of measuring
    Column("name", Text, nullable=False),  # of the column
    Column("architecture", Text, nullable=False),
    Column("median", Double, nullable=False),  # in the column's unit, as the next two
    Column("spread", Double, nullable=False),
    Column("half_width", Double),  # null = not known
    Column("runs", Integer, nullable=False),
    Column("at", Double, nullable=False),  # seconds since 1970 (UTC)
    UniqueConstraint("name", "architecture"),
)
_CLAIM = Table(  # what is being measured
    "claim",
    _TABLES,
    Column("name", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    Column("worker", Text, nullable=False),
    UniqueConstraint("name", "architecture"),
)
_FAILURE = Table(  # what could not be measured when it was tried last; since version 2
    "failure",
    _TABLES,
    Column("name", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    UniqueConstraint("name", "architecture"),
)
_KIND = Kind(
    "latency table",
    application=0x6172676C,  # "argl"
    version=2,
    tables=_TABLES,
    upgrade=lambda connection: _FAILURE.create(connection, checkfirst=True),
)


UNIT = {"unit": "ms"}
"""What the cards of columns say that were begun before there was a choice."""

TOLD_LATER = ("exporter",)
"""What the cards of columns may lack that were begun before it was told: such a column goes on."""


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

    A column may hold something else that a device tells of a run; its card says in which unit.

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
        place = Place(self.path, shown=None if path is None else str(path))
        self._store = Store(place, _KIND, create=space is not None)
        self._worker = Worker(self.path)
        # Also of a table that nobody holds any more.
        self._close = weakref.finalize(self, _closed, self._store, self._worker)
        try:
            self.space = self._space(space)
            if space not in (None, self.space):
                raise ValueError(f"{str(path)!r} holds times of {self.space!r}, not of {space!r}; use another file")
        except BaseException:
            self.close()
            raise

    def _space(self, space: str | None) -> str:
        """The table's space, which is ``space`` from now on if it has none."""
        if space is not None:
            with self._store.transaction() as connection:
                connection.execute(insert(_NOTE).prefix_with("OR IGNORE").values(key="space", value=space))
        with self._store.reading() as connection:
            found = connection.execute(select(_NOTE.c.value).where(_NOTE.c.key == "space")).scalar()
        if found is None:
            raise ValueError(f"{str(self.path)!r} is damaged: it has lost its space; use another file")
        return str(found)

    # ---- columns

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """Column to the card of the device that it was measured on."""
        with self._store.reading() as connection:
            found = connection.execute(select(_DEVICE.c.name, _DEVICE.c.card)).all()
        return {name: UNIT | json.loads(card) for name, card in found}

    def begin(self, column: str, card: Mapping[str, str]) -> None:
        """Say what ``column`` is measured on; a column stays on what it was begun on.

        Raises:
            ValueError: It was begun on a device with another card; the message names the first difference.
        """
        card = UNIT | dict(card)
        line = {"name": column, "card": json.dumps(card, sort_keys=True)}
        with self._store.transaction() as connection:
            connection.execute(insert(_DEVICE).prefix_with("OR IGNORE").values(line))
        kept = {key: card[key] for key in TOLD_LATER if key in card} | self.columns[column]
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
        names = ("architecture", "median", "spread", "half_width", "runs", "at")
        wanted = select(*(_MEASUREMENT.c[name] for name in names)).where(_MEASUREMENT.c.name == column)
        with self._store.reading() as connection:
            found = connection.execute(wanted.order_by(_MEASUREMENT.c.id)).all()
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
        with self._writing() as connection:
            # Inside the transaction, so that only one process at a time looks which of the others live.
            self._worker.begin()
            known = set(connection.execute(select(_CLAIM.c.worker).distinct()).scalars())
            for worker in self._worker.dead(known):
                connection.execute(delete(_CLAIM).where(_CLAIM.c.worker == worker))
            taken = {
                name
                for table in (_MEASUREMENT, _CLAIM)
                for name in connection.execute(select(table.c.architecture).where(table.c.name == column)).scalars()
            }
            free = [name for name in dict.fromkeys(architectures) if name not in taken][:most]
            if free:
                shared = {"name": column, "worker": self._worker.name}
                connection.execute(insert(_CLAIM), [{"architecture": name} | shared for name in free])
        return free

    def add(self, column: str, architecture: str, found: Measurement) -> None:
        """Write one time; an architecture that has one keeps it.

        Raises:
            OSError: The file cannot be written, for the disk is full say; what it holds is kept.
        """
        line = found._asdict() | {"name": column, "architecture": architecture, "at": time.time()}
        line["half_width"] = None if math.isnan(found.half_width) else found.half_width
        with self._writing() as connection:
            connection.execute(insert(_MEASUREMENT).prefix_with("OR IGNORE").values(line))
            self._forget(connection, column, architecture)

    def fail(self, column: str, architecture: str) -> None:
        """Note that one could not be measured, so that whoever tries again tries it last, and let others have it."""
        line = {"name": column, "architecture": architecture}
        with self._writing() as connection:
            connection.execute(insert(_FAILURE).prefix_with("OR IGNORE").values(line))
            self._forget(connection, column, architecture)

    def failed(self, column: str) -> set[str]:
        """Architectures that could not be measured when they were tried; some may have been measured since."""
        with self._store.reading() as connection:
            return set(connection.execute(select(_FAILURE.c.architecture).where(_FAILURE.c.name == column)).scalars())

    def release(self, column: str, architectures: Sequence[str]) -> None:
        """Let others measure what was claimed."""
        if not architectures:
            return
        with self._writing() as connection:
            for architecture in architectures:
                self._forget(connection, column, architecture)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction, whose error says what became of the rows before it."""
        try:
            with self._store.transaction() as connection:
                yield connection
        except OSError as error:
            raise OSError(f"{error}; what was measured until then is kept") from error

    def _forget(self, connection: Connection, column: str, architecture: str) -> None:
        mine = (_CLAIM.c.name == column, _CLAIM.c.architecture == architecture, _CLAIM.c.worker == self._worker.name)
        connection.execute(delete(_CLAIM).where(*mine))

    def close(self) -> None:
        """Let go of the file and of what was claimed; what was added is on disk already."""
        self._close()

    def __enter__(self) -> LatencyTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _closed(store: Store, worker: Worker) -> None:
    # A file that cannot be written any more keeps the claims; others see that this worker has ended.
    with suppress(OSError, ValueError), store.transaction() as connection:
        connection.execute(delete(_CLAIM).where(_CLAIM.c.worker == worker.name))
    store.close()
    worker.end()

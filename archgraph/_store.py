"""Databases that grow while programs work on them: SQLite files, memory, and servers that SQLAlchemy reaches."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.pool import QueuePool, StaticPool

from archgraph._place import Place

_PATIENCE = 60
"""Seconds to wait for other processes that write to the same SQLite file."""
_SILENCE = 30
"""Seconds after which PostgreSQL ends the transaction of a client that does nothing: its machine may be gone."""

_LABEL = Table(
    "archgraph_store",  # what a SQLite file has in its header
    MetaData(),
    Column("kind", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)


@dataclass(frozen=True)
class Kind:
    """What a database holds.

    Attributes:
        name: What messages call it.
        application: SQLite's application id, so that other SQLite files are told apart.
        version: Of the tables.
        tables: Theirs.
        upgrade: Brings older tables, inside a transaction, to this version; None if there are no older ones.
    """

    name: str
    application: int
    version: int
    tables: MetaData
    upgrade: Callable[[Connection], None] | None = None


class Store:
    """A database of one kind. Every transaction is whole, even if its process is killed; others read meanwhile.

    Args:
        place: Where it is.
        kind: What it holds.
        create: Begin it if it is not there; it must be, otherwise.
        read_only: Open for reading only; nothing is left beside a file that nobody writes.

    Raises:
        FileNotFoundError: It is not there.
        ValueError: It holds something else, is damaged, or is of a newer version.
        OSError: The file cannot be opened or written, or the server not be reached.
        ImportError: The server's driver is not installed.
    """

    def __init__(self, place: Place, kind: Kind, create: bool = False, read_only: bool = False) -> None:
        self.place, self.kind, self.read_only = place, kind, read_only
        missing = place.url is None and (place.path is None or not place.path.exists())
        if missing and not create:
            raise FileNotFoundError(f"there is no {kind.name} {place.shown!r}")
        with self._clear_errors():
            self._engine = self._server(place.url) if place.url else _file(place.path, read_only)
        # Also of a store that nobody holds any more.
        self._close = weakref.finalize(self, self._engine.dispose)
        try:
            with self._clear_errors():
                self._open(create)
        except BaseException:
            self.close()
            if missing and place.path is not None:
                for ending in ("", "-wal", "-shm"):
                    place.path.with_name(place.path.name + ending).unlink(missing_ok=True)
            raise

    @property
    def shared(self) -> bool:
        """Whether others can work on it too: it is not in memory."""
        return self.place.path is not None or self.place.url is not None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            ValueError: The database is damaged, or closed.
            OSError: It cannot be reached.
        """
        self._check_open()
        with self._clear_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self, alone: bool = False) -> Iterator[Connection]:
        """A connection whose writes are kept if the block succeeds, all together.

        In a SQLite file nobody else writes meanwhile.

        Args:
            alone: On a server, let no other such transaction begin until this one ends.

        Raises:
            ValueError: The database is damaged, or closed.
            OSError: It cannot be reached or written, or others wrote the same rows.
        """
        self._check_open()
        if self.read_only:
            raise OSError(f"cannot use the {self.kind.name} {self.place.shown!r}: it is open readonly")
        with self._clear_errors(), self._engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
            if alone and self.place.url:
                connection.execute(select(_LABEL).where(_LABEL.c.kind == self.kind.name).with_for_update())
            yield connection

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the one clock that all who work on the database share."""
        if self.place.url is None:
            return time.time()
        at: datetime = connection.execute(select(func.current_timestamp())).scalar_one()
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()

    def close(self) -> None:
        """Let go of the database."""
        self._close()

    # ---- opening

    def _open(self, create: bool) -> None:
        if create and not self.read_only and self._is_empty():
            # Also a file whose first writer was killed before its first transaction.
            self._begin()
        version = self._version()
        if version > self.kind.version:
            raise ValueError(
                f"{self.kind.name} {self.place.shown!r} is of version {version}, newer than {self.kind.version}; "
                "update archgraph"
            )
        if version < self.kind.version:
            self._upgrade(version)

    def _is_empty(self) -> bool:
        with self._engine.connect() as connection:
            return self._lacks_all(connection)

    def _lacks_all(self, connection: Connection) -> bool:
        if self.place.url:
            return not inspect(connection).has_table(_LABEL.name) or self._label(connection) is None
        return not connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").all()

    def _begin(self) -> None:
        if self.place.url:
            self._begin_on_server()
            return
        with self._engine.execution_options(begin=None).connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        with self.transaction() as connection:
            # Another process may have begun the same file in the meantime.
            if self._lacks_all(connection):
                self.kind.tables.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA application_id = {self.kind.application}")
                connection.exec_driver_sql(f"PRAGMA user_version = {self.kind.version}")

    def _begin_on_server(self) -> None:
        try:
            with self._engine.begin() as connection:
                _LABEL.create(connection, checkfirst=True)
                self.kind.tables.create_all(connection)
                connection.execute(insert(_LABEL).values(kind=self.kind.name, version=self.kind.version))
        except (IntegrityError, ProgrammingError):
            # Another process may have begun the same tables in the meantime.
            if self._is_empty():
                raise

    def _version(self) -> int:
        with self._engine.connect() as connection:
            if self.place.url:
                version = None if self._lacks_all(connection) else self._label(connection)
                if version is None:
                    raise FileNotFoundError(f"there is no {self.kind.name} {self.place.shown!r}")
                return version
            if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != self.kind.application:
                raise ValueError(f"{self.place.shown!r} is no {self.kind.name}; use another file")
            return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def _label(self, connection: Connection) -> int | None:
        return connection.execute(select(_LABEL.c.version).where(_LABEL.c.kind == self.kind.name)).scalar()

    def _upgrade(self, version: int) -> None:
        """Bring an older file up to date, even if it is opened for reading only: else nothing could read it."""
        if self.read_only:
            Store(self.place, self.kind).close()
            return
        with self.transaction() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == version and self.kind.upgrade:
                self.kind.upgrade(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {self.kind.version}")

    def _server(self, url: URL) -> Engine:
        try:
            return _watched(create_engine(url, pool_pre_ping=True))
        except NoSuchModuleError:
            raise ValueError(
                f"cannot use the {self.kind.name} {self.place.shown!r}: SQLAlchemy knows no database "
                f"{url.drivername!r}; a URL begins as postgresql+psycopg:// does"
            ) from None
        except ImportError as error:
            raise ImportError(
                f"cannot use the {self.kind.name} {self.place.shown!r}: its driver is not installed ({error}); "
                "for PostgreSQL: pip install 'archgraph[postgres]'"
            ) from error

    # ---- errors

    def _check_open(self) -> None:
        if not self._close.alive:
            raise ValueError(
                f"cannot use the {self.kind.name} {self.place.shown!r}: Cannot operate on a closed database"
            )

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            self._raise_clearly(error)

    def _raise_clearly(self, error: SQLAlchemyError) -> NoReturn:
        kind, shown, why = self.kind.name, self.place.shown, _first_line(error)
        if isinstance(error, IntegrityError):
            raise OSError(f"{kind} {shown!r} is being written by another process: {why}") from error
        if isinstance(error, ProgrammingError | DataError):
            raise ValueError(f"cannot use the {kind} {shown!r}: {why}") from error
        if self.place.url is None and isinstance(error, DatabaseError) and not isinstance(error, OperationalError):
            raise ValueError(f"{shown!r} is damaged or no {kind}: {why}; use another file") from error
        raise OSError(f"cannot use the {kind} {shown!r}: {why}") from error


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver said, without the statement that it was about."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def _watched(engine: Engine) -> Engine:
    """``engine``, whose transactions end on PostgreSQL when their client is silent, so that others need not wait."""
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def limit(connection: Any, _: object) -> None:
            with closing(connection.cursor()) as cursor:
                cursor.execute(f"SET SESSION idle_in_transaction_session_timeout = '{_SILENCE}s'")
            connection.commit()

    return engine


def _file(path: Path | None, read_only: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        if path is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        address = f"{path.absolute().as_uri()}?{_mode(path) if read_only else 'mode=rwc'}"
        opened = sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        # Transactions survive a killed process in either case; FULL, the default, would wait for the disk at each.
        opened.execute("PRAGMA synchronous = NORMAL")
        if read_only:
            opened.execute("PRAGMA query_only = ON")
        return opened

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool if path is None else QueuePool)
    # The driver would begin transactions late, and never before a SELECT.
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get("begin", "BEGIN")
    if statement is not None:
        connection.exec_driver_sql(statement)


def _mode(path: Path) -> str:
    """How to open a file for reading, so that nothing is left beside it.

    SQLite keeps two files beside one that is written, and who closes last removes them, unless it may only read.
    Where it could not even make them, nobody writes.
    """
    writable = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return "mode=rw" if writable or path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"

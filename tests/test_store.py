"""What studies and latency tables share: databases that are opened, told apart, and written whole."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, inspect, select

from archgraph._place import Place
from archgraph._store import Kind, Store

TABLES = MetaData()
SONG = Table("song", TABLES, Column("id", Integer, primary_key=True))


def _add_one(connection: Connection) -> None:
    connection.execute(insert(SONG).values(id=1))


SONGS = Kind("song book", application=7, version=1, tables=TABLES)
NEWER = Kind("song book", application=7, version=2, tables=TABLES, upgrade=_add_one)
OTHER_TABLES = MetaData()
STAMP = Table("stamp", OTHER_TABLES, Column("id", Integer, primary_key=True))
STAMPS = Kind("stamp book", application=8, version=1, tables=OTHER_TABLES)


def ids(store: Store) -> list[int]:
    with store.reading() as connection:
        return list(connection.execute(select(SONG.c.id).order_by(SONG.c.id)).scalars())


def add(store: Store, number: int) -> None:
    with store.transaction() as connection:
        connection.execute(insert(SONG).values(id=number))


@pytest.fixture
def opened(place: str) -> Store:
    store = Store(Place.parse(place), SONGS, create=True)
    with store.transaction() as connection:
        connection.execute(SONG.delete())
    return store


def test_what_a_transaction_wrote_is_there_or_not_at_all(opened: Store, place: str) -> None:
    add(opened, 1)
    with suppress(ZeroDivisionError), opened.transaction() as connection:
        connection.execute(insert(SONG).values(id=2))
        raise ZeroDivisionError
    with pytest.raises(OSError, match=r"song book '.*' is being written by another process: .*(?i:unique)"):
        add(opened, 1)
    opened.close()
    again = Store(Place.parse(place), SONGS)
    assert ids(again) == [1]
    again.close()
    with pytest.raises(ValueError, match="cannot use the song book .*: Cannot operate on a closed database"):
        add(again, 2)


def test_memory_is_nobody_elses() -> None:
    store = Store(Place(), SONGS, create=True)
    add(store, 3)
    assert (ids(store), store.shared) == ([3], False)
    with pytest.raises(FileNotFoundError, match="there is no song book None"):
        Store(Place(), SONGS)


def test_readers_write_nothing(opened: Store, place: str) -> None:
    reader = Store(Place.parse(place), SONGS, read_only=True)
    assert (ids(reader), reader.shared) == ([], True)
    with pytest.raises(OSError, match="cannot use the song book .*: it is open readonly"):
        add(reader, 1)
    add(opened, 1)
    assert ids(reader) == [1]
    reader.close()
    opened.close()


def test_a_newer_version_is_refused_and_an_older_one_upgraded_once(tmp_path: Path) -> None:
    place = Place.parse(tmp_path / "a.db")
    Store(place, SONGS, create=True).close()
    for read_only in (True, False):
        newer = Store(place, NEWER, read_only=read_only)
        assert ids(newer) == [1]
        newer.close()
    with pytest.raises(ValueError, match=r"song book '.*a.db' is of version 2, newer than 1; update archgraph"):
        Store(place, SONGS)


def test_other_files_are_told_apart_and_stay(tmp_path: Path) -> None:
    place = Place.parse(tmp_path / "a.db")
    with pytest.raises(FileNotFoundError, match=r"there is no song book '.*a.db'"):
        Store(place, SONGS)
    Store(place, STAMPS, create=True).close()
    content = (tmp_path / "a.db").read_bytes()
    with pytest.raises(ValueError, match=r"'.*a.db' is no song book; use another file"):
        Store(place, SONGS, create=True)
    assert (tmp_path / "a.db").read_bytes() == content
    (tmp_path / "text").write_text("a text that is long enough to be looked at" * 99)
    with pytest.raises(ValueError, match=r"'.*text' is damaged or no song book: .*; use another file"):
        Store(Place.parse(tmp_path / "text"), SONGS, create=True)
    with pytest.raises(OSError, match="cannot use the song book .*unable to open"):
        Store(Place.parse(tmp_path / "none" / "a.db"), SONGS, create=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.db", "text"]


def test_a_beginning_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("archgraph._store.Store._begin", full)
    with pytest.raises(sqlite3.OperationalError):
        Store(Place.parse(tmp_path / "a.db"), SONGS, create=True)
    assert list(tmp_path.iterdir()) == []


def test_begun_by_many_at_once(place: str) -> None:
    kind = Kind(f"book {place[-9:]}", 9, 1, MetaData())
    table = Table(f"page_{abs(hash(place))}", kind.tables, Column("id", Integer, primary_key=True))
    failed = []

    def begin() -> None:
        try:
            store = Store(Place.parse(place), kind, create=True)
            with store.reading() as connection:
                assert inspect(connection).has_table(table.name)
            store.close()
        except Exception as error:  # noqa: BLE001 # whatever it is, the test fails
            failed.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_clock_is_one_that_all_share(opened: Store) -> None:
    with opened.reading() as connection:
        # The server is on this machine, and one transaction has one time.
        assert abs(opened.now(connection) - time.time()) < 5
    opened.close()


def test_who_falls_silent_in_a_transaction_holds_nobody_up(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archgraph._store._SILENCE", 1)
    kind = Kind("silent book", 8, 1, MetaData())
    gone, waits = (Store(Place.parse(postgres), kind, create=True) for _ in range(2))

    def fall_silent() -> None:
        with gone.transaction(alone=True) as connection:
            start = time.monotonic()
            with waits.transaction(alone=True):
                assert 0.5 < time.monotonic() - start < 20
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(OSError, match="cannot use the silent book '.*': .*idle-in-transaction timeout"):
        fall_silent()
    # it goes on with another connection
    with gone.transaction(alone=True):
        pass


@pytest.mark.parametrize(
    ("address", "kind", "line"),
    [
        ("{server}/none", OSError, "cannot use the song book '.*/none': .*database .none. does not exist"),
        ("{away}/postgres", OSError, "cannot use the song book '.*/postgres': .*[Cc]onnection refused"),
        ("{server}/postgres?nonsense=1", (OSError, ValueError), "cannot use the song book '.*': .*nonsense"),
        ("pstgres://me:hunter2@host/db", ValueError, r"'pstgres://me:\*\*\*@host/db': SQLAlchemy knows no database"),
    ],
)
def test_servers_that_cannot_be_used_are_one_clear_line(
    postgres: str, address: str, kind: type[Exception], line: str
) -> None:
    server = postgres.rpartition("/")[0].replace("@", ":hunter2@")
    away = f"{server.rpartition(':')[0]}:9"
    with pytest.raises(kind, match=line) as refused:
        Store(Place.parse(address.format(server=server, away=away)), SONGS, create=True)
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_database_without_ours_is_one_clear_line(postgres: str) -> None:
    kind = Kind("stamp book", 8, 1, MetaData())
    with pytest.raises(FileNotFoundError, match="there is no stamp book 'postgresql"):
        Store(Place.parse(postgres), kind)
    Store(Place.parse(postgres), Kind("stamp book", 8, 2, MetaData()), create=True).close()
    with pytest.raises(ValueError, match="stamp book 'postgresql.*' is of version 2, newer than 1; update archgraph"):
        Store(Place.parse(postgres), kind)


def test_a_driver_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    line = r"cannot use the song book 'postgresql://me@host/db': its driver is not installed .*archgraph\[postgres\]"
    with pytest.raises(ImportError, match=line):
        Store(Place.parse("postgresql://me@host/db"), SONGS)

"""How a database holds studies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from archgraph._place import NAME
from archgraph._store import Kind, Store

TABLES = MetaData()

STUDY = Table(
    "archgraph_study",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
)


def _of_study() -> Column[int]:
    return Column("study", ForeignKey(STUDY.c.id), primary_key=True)


NOTE = Table(  # settings of a study and states of its phases
    "archgraph_note",
    TABLES,
    _of_study(),
    Column("key", String(200), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

EVALUATION = Table(  # one row for each architecture of each phase
    "archgraph_evaluation",
    TABLES,
    Column("id", Integer, primary_key=True),  # in the order of writing
    Column("study", ForeignKey(STUDY.c.id), nullable=False),
    Column("phase", String(20), nullable=False),
    Column("step", Integer, nullable=False),  # generation, round, or place in the queue
    Column("genotype", Text, nullable=False),  # JSON, list of choice indices
    Column("outcome", Text, nullable=False),  # JSON, column to value; null = failed
    Column("std", Text),  # JSON, column to standard deviation
    Column("reason", Text),  # why it failed
    Column("evaluator", Text, nullable=False),
    Column("seconds", Double, nullable=False),  # the batch's, divided by its architectures
    Column("at", Double, nullable=False),  # seconds since 1970 (UTC)
    UniqueConstraint("study", "phase", "genotype"),
)

CLAIM = Table(  # what a worker is doing
    "archgraph_claim",
    TABLES,
    _of_study(),
    Column("phase", String(20), primary_key=True),
    Column("work", Text, primary_key=True),  # a genotype as above, or the name of a round
    Column("worker", String(200), nullable=False),
    Column("until", Double, nullable=False),  # when it is given up, unless it is renewed; seconds since 1970 (UTC)
)


def _upgrade(connection: Connection) -> None:
    """Tables of version 1, which held one study a file."""
    TABLES.create_all(connection)
    connection.exec_driver_sql(f"INSERT INTO archgraph_study (id, name) VALUES (1, '{NAME}')")
    connection.exec_driver_sql("INSERT INTO archgraph_note SELECT 1, key, value FROM note")
    columns = "phase, step, genotype, outcome, std, reason, evaluator, seconds, at"
    connection.exec_driver_sql(
        f"INSERT INTO archgraph_evaluation (id, study, {columns}) SELECT id, 1, {columns} FROM evaluation"
    )
    connection.exec_driver_sql("DROP TABLE note")
    connection.exec_driver_sql("DROP TABLE evaluation")


KIND = Kind("study", application=0x61726367, version=2, tables=TABLES, upgrade=_upgrade)  # "arcg"


@contextmanager
def writing(store: Store, study: int) -> Iterator[Connection]:
    """A transaction beside which nobody else writes to the same study."""
    with store.transaction() as connection:
        connection.execute(select(STUDY.c.id).where(STUDY.c.id == study).with_for_update())
        yield connection

"""Work of a study that one worker at a time does, whoever dies of those that share it."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, insert, select, update

from archgraph._store import Store
from archgraph.search.tables import CLAIM, EVALUATION, writing

LEASE = 60.0
"""Seconds after which the work of a worker that has died is free again."""

FEW = 64
"""So many works are looked up by their names; of more, all of their phase are read."""

POLL = 0.2
"""Seconds between two looks at what others are doing."""


class LostClaimError(RuntimeError):
    """Another worker has taken over, because this one was silent for longer than its lease."""


class Work(NamedTuple):
    """Something that one worker is to do.

    Attributes:
        phase: What it adds to, of ``PHASES``.
        name: A genotype as the study writes it, which is done once it is written; or any other name.
    """

    phase: str
    name: str


class Claims:
    """What one worker takes of a study's work, so that no other does the same.

    A claim lasts for a lease and is renewed by a thread while the work goes on; one of a process of this machine that
    has ended is free at once. Only who holds a claim can write what came of it. Times are those of the server's clock;
    of this machine's for a file.

    Args:
        store: Where the study is.
        study: Its id.
    """

    def __init__(self, store: Store, study: int) -> None:
        self._store, self._study = store, study
        self._token = secrets.token_hex(8)

    def take(self, works: Sequence[Work], lease: float = LEASE) -> tuple[Work | None, list[Work]]:
        """Take the first work, of one phase, that is neither written nor taken.

        Args:
            works: Those that are wanted, one at least, in the order in which to take them.
            lease: Seconds until the claim ends by itself.

        Returns:
            What was taken, or None where nothing is free; and those of ``works`` that are written.
        """
        with writing(self._store, self._study) as connection:
            now = self._store.now(connection)
            connection.execute(delete(CLAIM).where(CLAIM.c.study == self._study, CLAIM.c.until < now))
            self._free_the_dead(connection)
            written, taken = (self._among(connection, name, works) for name in (EVALUATION.c.genotype, CLAIM.c.work))
            free = next((work for work in works if work.name not in written | taken), None)
            if free is not None:
                claim = {"study": self._study, "phase": free.phase, "work": free.name, "worker": self._worker}
                connection.execute(insert(CLAIM).values(**claim, until=now + lease))
        return free, [work for work in works if work.name in written]

    @contextmanager
    def held(self, work: Work, lease: float = LEASE) -> Iterator[None]:
        """Hold what was taken while the block runs, and give it back at its end, however it ends.

        A block that loses its claim ends silently: what it did is another's now.
        """
        ended = Event()
        heart = Thread(target=self._renew, args=(work, lease, ended), daemon=True)
        if self._store.shared:
            heart.start()
        try:
            with suppress(LostClaimError):
                yield
        finally:
            ended.set()
            if self._store.shared:
                heart.join()
            # Where that cannot be written any more, the lease ends by itself.
            with suppress(OSError), writing(self._store, self._study) as connection:
                connection.execute(delete(CLAIM).where(self._own(work)))

    def check(self, connection: Connection, work: Work) -> None:
        """Make sure, in a transaction that writes what came of some work, that it is still this worker's.

        Raises:
            LostClaimError: It is not.
        """
        if connection.execute(select(CLAIM.c.work).where(self._own(work))).scalar() is None:
            raise LostClaimError(f"another worker has taken over {work.name!r} of {work.phase!r}")

    def do_once(self, work: Work, lease: float, is_done: Callable[[], bool], do: Callable[[], None]) -> None:
        """Have one worker do what others wait for; who dies or loses its claim is replaced.

        Args:
            work: What it is.
            lease: Seconds until a silent worker is replaced.
            is_done: Whether there is nothing left to do.
            do: Does it; whatever it writes must ``check`` the claim.
        """
        while not is_done():
            if self.take([work], lease)[0] is None:
                time.sleep(POLL)
                continue
            with self.held(work, lease):
                # Who had it before may have ended between the two looks.
                if not is_done():
                    do()

    def _renew(self, work: Work, lease: float, ended: Event) -> None:
        while not ended.wait(lease / 3):
            # A server that is away for a moment may be back before the lease ends; if not, the claim is lost, and
            # whoever writes is told so.
            with suppress(OSError, ValueError), writing(self._store, self._study) as connection:
                until = self._store.now(connection) + lease
                connection.execute(update(CLAIM).where(self._own(work)).values(until=until))

    @property
    def _worker(self) -> str:
        # A fork of the process that opened the study is a worker of its own.
        return f"{_machine()}/{os.getpid()}/{self._token}"

    def _free_the_dead(self, connection: Connection) -> None:
        """Free what processes of this machine had that have ended."""
        held = connection.execute(select(CLAIM.c.worker).where(CLAIM.c.study == self._study).distinct()).scalars()
        dead = [worker for worker in held if worker != self._worker and _has_ended(worker)]
        if dead:
            connection.execute(delete(CLAIM).where(CLAIM.c.study == self._study, CLAIM.c.worker.in_(dead)))

    def _among(self, connection: Connection, column: Column[str], works: Sequence[Work]) -> set[str]:
        """Names in ``column`` of the phase of ``works``, those of ``works`` at least."""
        table = column.table
        wanted = select(column).where(table.c.study == self._study, table.c.phase == works[0].phase)
        if len(works) <= FEW:
            wanted = wanted.where(column.in_([work.name for work in works]))
        return set(connection.execute(wanted).scalars())

    def _own(self, work: Work) -> ColumnElement[bool]:
        return and_(
            CLAIM.c.study == self._study,
            CLAIM.c.phase == work.phase,
            CLAIM.c.work == work.name,
            CLAIM.c.worker == self._worker,
        )


@cache
def _machine() -> str:
    """Names the running system whose process ids this process sees; empty where systems do not tell."""
    try:
        booted = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{booted}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except (OSError, ValueError):
        return ""


def _has_ended(worker: str) -> bool:
    """Whether a worker was a process of this machine that is no more."""
    machine, _, process = worker.partition("/")
    if not machine or machine != _machine():
        return False
    try:
        os.kill(int(process.partition("/")[0]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False

"""What a search asked, was told and still has to do, on disk as it happens."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, delete, func, insert, select

from archgraph._place import NAME, Place
from archgraph._store import Store
from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective, all_constraints, wanted_columns
from archgraph.registry import UnknownNameError
from archgraph.search.claims import Claims, Work
from archgraph.search.records import Records, genotypes_of
from archgraph.search.tables import EVALUATION, KIND, NOTE, STUDY, writing
from archgraph.typing import FloatArray, IntArray

PHASES = ("predicted", "chosen", "verified", "random")
"""In this order: scored by predictors; picked for verification, with standard deviations; verified; the verified
random architectures that a report compares with."""


class Study:
    """A SQLite file, a server's database or memory, with the settings of a search and every architecture it asked for.

    Each ``add`` is one transaction: a killed process leaves a whole study, and other processes read while one writes.
    Several work on one study at once by ``claims``.

    Args:
        path: The file, or a URL as SQLAlchemy writes it, such as ``postgresql+psycopg://user@host:5432/db?study=NAME``:
            a database holds many studies, and who gives no name means the one called "study". None keeps the study in
            memory.
        settings: What defines the search, plain JSON values. A new study is begun with them, an existing one must
            have the same. None opens an existing study whatever its settings.
        read_only: Open for reading only.

    Attributes:
        path: Of the file; None in memory and on a server.
        place: What messages call it, without passwords; None in memory.
        settings: As it was begun with.
        claims: Who is doing what.

    Raises:
        FileNotFoundError: There is no such study and no settings to begin it with.
        ValueError: The database holds no studies, is of a newer version, or the study was begun with other settings.
        OSError: The file cannot be opened or written, or the server not be reached.
        ImportError: The server's driver is not installed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        settings: Mapping[str, Any] | None = None,
        read_only: bool = False,
    ) -> None:
        place = Place.parse(path)
        self.path, self.place, self._name = place.path, place.shown, place.name
        self._store = Store(place, KIND, create=settings is not None, read_only=read_only)
        try:
            self._id = self._found() or self._begun(settings)
            self.claims = Claims(self._store, self._id)
            self.settings: dict[str, Any] = self.note("settings")
            if not isinstance(self.settings, dict):
                raise ValueError(f"{self.place!r} is damaged: it has lost its settings")
            if settings is not None:
                self._check_settings(settings)
        except BaseException:
            self.close()
            raise

    def _found(self) -> int | None:
        with self._store.reading() as connection:
            return connection.execute(select(STUDY.c.id).where(STUDY.c.name == self._name)).scalar()

    def _begun(self, settings: Mapping[str, Any] | None) -> int:
        if settings is None:
            with self._store.reading() as connection:
                others = ", ".join(connection.execute(select(STUDY.c.name).order_by(STUDY.c.name)).scalars())
            raise FileNotFoundError(f"there is no study {self._name!r} in {self.place!r}; it holds {others or 'none'}")
        with self._store.transaction(alone=True) as connection:
            found = connection.execute(select(STUDY.c.id).where(STUDY.c.name == self._name)).scalar()
            if found is not None:
                # Another process began the same study in the meantime.
                return int(found)
            key = connection.execute(insert(STUDY).values(name=self._name)).inserted_primary_key
            self._id = int(key[0]) if key else 0
            self._write_note(connection, "settings", dict(settings))
        return self._id

    def _check_settings(self, settings: Mapping[str, Any]) -> None:
        wanted = json.loads(json.dumps(dict(settings)))
        for key in {**self.settings, **wanted}:
            old, new = self.settings.get(key), wanted.get(key)
            if old != new:
                raise ValueError(
                    f"study {self.place!r} was begun with {key} {json.dumps(old)}, not {json.dumps(new)}; "
                    f"use another file, or another ?{NAME}=NAME of a URL"
                )

    # ---- settings

    @property
    def space_name(self) -> str:
        """Name of the search space."""
        return str(self.settings["space"])

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What the search improves."""
        return tuple(Objective.parse(text) for text in self.settings["objectives"])

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """What it keeps, the bounds of the objectives among it."""
        return all_constraints(self.objectives, [Constraint.parse(text) for text in self.settings["constraints"]])

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the objectives and the constraints, each once."""
        return wanted_columns(self.objectives, self.constraints)

    # ---- notes

    def note(self, key: str) -> Any:
        """The JSON value kept under ``key``; None if there is none."""
        wanted = select(NOTE.c.value).where(NOTE.c.study == self._id, NOTE.c.key == key)
        with self._store.reading() as connection:
            found = connection.execute(wanted).scalar()
        try:
            return None if found is None else json.loads(found)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self.place!r} is damaged: note {key!r} is no JSON: {error}") from error

    def set_note(self, key: str, value: Any) -> None:
        """Keep a JSON value under ``key``."""
        with writing(self._store, self._id) as connection:
            self._write_note(connection, key, value)

    def _write_note(self, connection: Connection, key: str, value: Any) -> None:
        connection.execute(delete(NOTE).where(NOTE.c.study == self._id, NOTE.c.key == key))
        connection.execute(insert(NOTE).values(study=self._id, key=key, value=json.dumps(value)))

    # ---- evaluations

    def add(
        self,
        phase: str,
        step: int,
        genotypes: IntArray,
        evaluation: Evaluation,
        evaluator: str,
        seconds: float = 0.0,
        notes: Mapping[str, Any] | None = None,
        claim: Work | None = None,
    ) -> None:
        """Write what was found of ``(B, G)`` canonical genotypes, together with ``notes``, in one transaction.

        Args:
            phase: One of ``PHASES``.
            step: Generation, round, or place in the queue; the order of ``records``.
            genotypes: Of the architectures.
            evaluation: What was found.
            evaluator: Who answered.
            seconds: What that took.
            notes: JSON values to keep under their names.
            claim: The work that this comes of, which must still be this study's by ``claims``.

        Raises:
            UnknownNameError: There is no such phase.
            LostClaimError: Another worker has taken over the work.
            OSError: The disk is full, the file not writable, the server away, or another process added the same
                architectures.
        """
        if phase not in PHASES:
            raise UnknownNameError("phase", phase, PHASES)
        rows = len(genotypes)
        outcomes, std = _json_rows(evaluation, rows), _json_rows(evaluation.std, rows)
        shared = {"study": self._id, "phase": phase, "step": step, "evaluator": evaluator}
        lines = [
            {"genotype": text, "outcome": outcomes[row], "std": std[row], "reason": evaluation.reasons.get(row)}
            for row, text in enumerate(genotype_texts(genotypes))
        ]
        with writing(self._store, self._id) as connection:
            if claim is not None:
                self.claims.check(connection, claim)
            shared |= {"seconds": seconds / max(rows, 1), "at": self._store.now(connection)}
            if lines:
                connection.execute(insert(EVALUATION), [line | shared for line in lines])
            for key, value in (notes or {}).items():
                self._write_note(connection, key, value)

    def give_up(self, phase: str, enough: int) -> str | None:
        """Forget the evaluations of ``phase`` if there are ``enough`` of them and all failed.

        Returns:
            Why the last one failed; None where nothing was forgotten.
        """
        own = and_(EVALUATION.c.study == self._id, EVALUATION.c.phase == phase)
        with writing(self._store, self._id) as connection:
            wanted = select(EVALUATION.c.reason).where(own).order_by(EVALUATION.c.id.desc())
            reasons = connection.execute(wanted).scalars().all()
            if len(reasons) < enough or None in reasons:
                return None
            connection.execute(delete(EVALUATION).where(own))
        return str(reasons[0])

    def unverified(self) -> tuple[IntArray, IntArray]:
        """``(B,)`` places in the queue of the chosen architectures that are not verified, and ``(B, G)`` these.

        Raises:
            ValueError: The file is damaged.
        """
        place = (func.row_number().over(order_by=(EVALUATION.c.step, EVALUATION.c.id)) - 1).label("place")
        own = EVALUATION.c.study == self._id
        chosen = select(EVALUATION.c.genotype, place).where(own, EVALUATION.c.phase == "chosen").subquery()
        verified = select(EVALUATION.c.genotype).where(own, EVALUATION.c.phase == "verified").subquery()
        joined = chosen.outerjoin(verified, chosen.c.genotype == verified.c.genotype)
        wanted = select(chosen.c.place, chosen.c.genotype).select_from(joined).where(verified.c.genotype.is_(None))
        with self._store.reading() as connection:
            rows = connection.execute(wanted.order_by(chosen.c.place)).all()
        with self._undamaged():
            return np.array([row.place for row in rows], dtype=np.int64), genotypes_of([row.genotype for row in rows])

    def count(self, phase: str) -> int:
        """Number of architectures of ``phase``."""
        wanted = select(func.count()).where(EVALUATION.c.study == self._id, EVALUATION.c.phase == phase)
        with self._store.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def last_step(self, phase: str) -> int:
        """The highest step of ``phase``; -1 if there is none."""
        wanted = select(func.max(EVALUATION.c.step)).where(EVALUATION.c.study == self._id, EVALUATION.c.phase == phase)
        with self._store.reading() as connection:
            found = connection.execute(wanted).scalar()
        return -1 if found is None else int(found)

    def records(self, phase: str, since: int = 0) -> Records:
        """All evaluations of ``phase``, in the order of their steps, however many workers made them.

        Args:
            phase: One of ``PHASES``.
            since: The first step that is wanted.

        Raises:
            UnknownNameError: The phase is none of ``PHASES``.
            ValueError: The file is damaged.
        """
        if phase not in PHASES:
            raise UnknownNameError("phase", phase, PHASES)
        names = ("genotype", "outcome", "std", "reason", "evaluator", "seconds", "at", "step")
        wanted = select(*(EVALUATION.c[name] for name in names))
        wanted = wanted.where(EVALUATION.c.study == self._id, EVALUATION.c.phase == phase, EVALUATION.c.step >= since)
        with self._store.reading() as connection:
            rows = connection.execute(wanted.order_by(EVALUATION.c.step, EVALUATION.c.id)).all()
        with self._undamaged():
            return Records.from_rows(rows)

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        """Says of what cannot be read that the study is damaged."""
        try:
            yield
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{self.place!r} is damaged: {error}") from error

    def close(self) -> None:
        """Let go of the database; what was added is in it already."""
        self._store.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(phase)} {phase}" for phase in PHASES)
        return f"Study({repr(self.place) if self._store.shared else 'in memory'}, {counts})"


def genotype_texts(genotypes: IntArray) -> list[str]:
    """Each of ``(B, G)`` genotypes as a study writes it, and as it is claimed by."""
    return [json.dumps(genotype) for genotype in genotypes.tolist()]


def _json_rows(columns: Mapping[str, FloatArray], rows: int) -> list[str | None]:
    if not columns:
        return [None] * rows
    lists = [given.tolist() for given in columns.values()]
    return [
        json.dumps({name: value if math.isfinite(value) else None for name, value in zip(columns, row, strict=True)})
        for row in zip(*lists, strict=True)
    ]

"""Comparisons that take hours: their runs are kept as they end, beside the records that are published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archgraph.bench.publish import read_records, write_records
from archgraph.bench.rank import Progress, rank
from archgraph.bench.rank_log import RankLog, Record
from archgraph.bench.rank_task import RankTask


def runs_file(out: Path) -> Path:
    """Where the runs behind the records ``out`` are kept: ``<name>/runs.jsonl`` beside ``<name>.json``."""
    return out.with_suffix("") / "runs.jsonl"


def keep_runs(
    out: Path,
    tasks: Sequence[RankTask],
    predictors: Sequence[str],
    seeds: int,
    jobs: int,
    again: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[Record]:
    """Make the runs that are missing, and write the records of all, also when that stops early.

    Args:
        out: File of the records.
        tasks: As for ``rank``.
        predictors: As for ``rank``.
        seeds: As for ``rank``.
        jobs: As for ``rank``.
        again: Predictors whose runs are made anew.
        progress: As for ``rank``.

    Returns:
        The records of all runs that are kept.

    Raises:
        ValueError: As for ``rank`` and ``RankLog``.
        OSError: A file cannot be read or written.
    """
    path = runs_file(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    log = RankLog(path)
    log.drop(list(again))
    try:
        rank(tasks, predictors, seeds, jobs=jobs, log=log, progress=progress)
    finally:
        write_records(out, log.records())
    return log.records()


def kept_records(out: Path) -> list[Record]:
    """Those of the runs that are kept, which may be growing, or of ``out`` where no runs are.

    Raises:
        ValueError: The file is not what it must be.
        OSError: It cannot be read.
    """
    path = runs_file(out)
    return RankLog(path, read_only=True).records() if path.is_file() else read_records(out)

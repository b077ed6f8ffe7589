"""The rank-correlation study: how well predictors trained on few architectures order all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from archgraph import _check
from archgraph.bench.contestant import contestant
from archgraph.bench.rank_log import RankLog, Record
from archgraph.bench.rank_task import RankTask
from archgraph.bench.run import Run, Scores, measured
from archgraph.bench.scores import DEFAULT_METRICS, check_metrics
from archgraph.bench.workers import side_by_side

Progress = Callable[[str, int, int], object]
"""Called with what was done last, how many runs are done, and how many there are."""


def rank(
    tasks: RankTask | Sequence[RankTask],
    predictors: Sequence[str] = ("xgb", "gnn"),
    seeds: int | Sequence[int] = 3,
    metrics: Sequence[str] = DEFAULT_METRICS,
    jobs: int = 1,
    log: RankLog | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Train each predictor on a few rows of each table, and test it on others.

    Everything is checked before the first run. Every seed is done for all tasks, sizes and predictors before the next,
    so that an interrupted comparison is even.

    Args:
        tasks: What to predict, from how many rows.
        predictors: Names or import paths, see ``contestant``.
        seeds: 0, 1, ... this many, or the seeds themselves; each gives a split and a predictor.
        metrics: What to give back, out of ``METRICS``; the log has all of them.
        jobs: Runs at a time, each in a process of its own; with 1 they are made in this one. Only the speeds depend
            on it.
        log: Where runs are kept as they end; those that it has are not made again.
        progress: Told after each run.

    Returns:
        The records of all runs asked for, in the order of the arguments.

    Raises:
        UnknownNameError: A predictor or metric does not exist.
        ValueError: Two tasks have one name, a size is too small to train on, an import path leads to no predictor, the
            log is of another table, or a predictor fails.
        ChildProcessError: A process was killed.
        OSError: The log cannot be written.
    """
    listed = [tasks] if isinstance(tasks, RankTask) else list(tasks)
    check_metrics(metrics)
    numbers = list(range(_check.positive_int("seeds", seeds))) if isinstance(seeds, int) else list(seeds)
    _check.positive_int("jobs", jobs)
    _check_tasks(listed, predictors)
    log = RankLog() if log is None else log
    for task in listed:
        log.declare(task)
    runs = [
        Run(task.name, method, size, seed)
        for seed in numbers
        for task in listed
        for size in task.sizes
        for method in predictors
    ]
    lacking = [run for run in runs if run not in log.runs]
    done = len(runs) - len(lacking)
    if progress is not None:
        progress("begun", done, len(runs))
    for run, found in _results(listed, lacking, jobs):
        log.add(run, found)
        done += 1
        if progress is not None:
            progress(str(run), done, len(runs))
    names = [task.name for task in listed]
    ordered = sorted(runs, key=lambda run: (names.index(run.task), run.size, run.seed))
    return [record for run in ordered for record in log.records_of(run, metrics)]


def _check_tasks(tasks: Sequence[RankTask], predictors: Sequence[str]) -> None:
    for name, count in Counter(task.name for task in tasks).items():
        if count > 1:
            raise ValueError(f"tasks must differ, but {count} are called {name}")
    for predictor in predictors:
        least = contestant(predictor).least_rows
        for task in tasks:
            if min(task.sizes) < least:
                raise ValueError(
                    f"sizes must be at least {least} for predictor {predictor!r}, but has {min(task.sizes)}"
                )


def _results(tasks: Sequence[RankTask], runs: Sequence[Run], jobs: int) -> Iterator[tuple[Run, Scores]]:
    if jobs > 1 and len(runs) > 1:
        yield from side_by_side(tasks, runs, jobs)
        return
    named = {task.name: task for task in tasks}
    for run in runs:
        yield run, measured(run, named[run.task])

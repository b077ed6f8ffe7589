"""Asking for the truth about the chosen few, and about random ones to compare with."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack

import numpy as np

from archgraph import _check
from archgraph.evaluators import Evaluation, Evaluator
from archgraph.evaluators.base import asked
from archgraph.search.claims import LEASE, POLL, Work
from archgraph.search.study import Study, genotype_texts
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

GIVE_UP = 10
"""Architectures after which a verifier that answered for none of them is not asked again."""

Progress = Callable[[str, int, int], None]
"""Called with the phase, how many architectures are done, and how many there will be."""


def no_progress(phase: str, done: int, total: int) -> None:
    """Tell nobody."""


def verify(
    study: Study,
    verifier: Evaluator,
    progress: Progress = no_progress,
    total: int | None = None,
    lease: float = LEASE,
    workers: int = 1,
) -> None:
    """Verify the chosen architectures that are not verified yet; each lands in the study at once.

    Any number of processes, on any machines that reach the study, may do so at the same time: each takes what no other
    has taken, and what one that died had taken is free again after its lease. All of them end when everything is
    verified.

    Args:
        study: One in which architectures were chosen.
        verifier: Answers all columns of the study's objectives and constraints.
        progress: Called after each.
        total: How many there will be, if more are to be chosen later.
        lease: Seconds after which others take over from a process that is silent.
        workers: Architectures to verify at the same time, each by a thread of this process: for verifiers that wait
            for others, such as ``Program``.

    Raises:
        ValueError: Nothing was chosen, the verifier leaves a column out or fails always, or the lease is below 0.1 s.
    """
    chosen = study.records("chosen").genotypes
    if not len(chosen):
        raise ValueError("the study has no chosen architectures to verify; search first")
    _ask(study, verifier, "verified", chosen, progress, total or len(chosen), lease, workers)


def verify_random(
    study: Study,
    space: SearchSpace,
    verifier: Evaluator,
    n: int | None = None,
    progress: Progress = no_progress,
    lease: float = LEASE,
    workers: int = 1,
) -> None:
    """Verify ``n`` (default: as many as were chosen) random architectures: what a search without predictions finds.

    They follow from the study's seed; a second call continues the first. Processes share the work as in ``verify``.

    Raises:
        ValueError: The space holds fewer architectures, or the verifier leaves a column out or fails always.
    """
    n = _check.positive_int("n", study.count("chosen") if n is None else n)
    rng = np.random.default_rng([study.settings["seed"], 3])
    _ask(study, verifier, "random", space.sample_distinct(n, rng), progress, n, lease, workers)


def _ask(
    study: Study,
    verifier: Evaluator,
    phase: str,
    genotypes: IntArray,
    progress: Progress,
    total: int,
    lease: float,
    workers: int,
) -> None:
    _check.number("lease", lease, 0.1)
    _check.positive_int("workers", workers)
    for column in study.columns:
        if column not in verifier.columns:
            answered = ", ".join(verifier.columns)
            raise ValueError(f"the verifier answers {answered}, but not {column!r}; combine it with one that does")
    rows = {Work(phase, text): row for row, text in enumerate(genotype_texts(genotypes))}
    told = 0
    with _Crew(study, verifier, lease, workers) as crew:
        while True:
            taken, done = study.claims.take(list(rows), lease) if crew.idle else (None, told)
            if done > told:
                progress(phase, done, total)
                told = done
            if done == len(rows):
                return
            if taken is not None:
                crew.begin(taken, genotypes[rows[taken] :][:1])
                continue
            if not crew.busy:
                # Others are at what is left.
                time.sleep(POLL)
                continue
            work, held, answer = crew.ended()
            with held:
                found, seconds = answer.result()
                row = rows[work]
                study.add(phase, row, genotypes[row : row + 1], found, verifier.name, seconds, claim=work)
            if found.reasons:
                _check_hope(study, phase, min(GIVE_UP, total))


class _Crew:
    """Asks a verifier for a few architectures at a time, each under its claim; a lone worker in this thread."""

    def __init__(self, study: Study, verifier: Evaluator, lease: float, workers: int) -> None:
        self.study, self.verifier, self.lease, self.workers = study, verifier, lease, workers
        self.busy: dict[Future[tuple[Evaluation, float]], tuple[Work, ExitStack]] = {}
        self._threads = ThreadPoolExecutor(workers) if workers > 1 else None

    @property
    def idle(self) -> bool:
        """Whether there is somebody for one more."""
        return len(self.busy) < self.workers

    def begin(self, work: Work, genotype: IntArray) -> None:
        """Ask for ``(1, G)``, which was taken."""
        held = ExitStack()
        held.enter_context(self.study.claims.held(work, self.lease))
        submit = self._threads.submit if self._threads else _at_once
        self.busy[submit(_timed, self.verifier, genotype)] = work, held

    def ended(self) -> tuple[Work, ExitStack, Future[tuple[Evaluation, float]]]:
        """The next that has an answer; its claim is the caller's to end."""
        answer = next(iter(wait(self.busy, return_when=FIRST_COMPLETED).done))
        return *self.busy.pop(answer), answer

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for _work, held in self.busy.values():
            held.close()
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)


def _at_once(ask: Callable[..., tuple[Evaluation, float]], *arguments: object) -> Future[tuple[Evaluation, float]]:
    answer: Future[tuple[Evaluation, float]] = Future()
    try:
        answer.set_result(ask(*arguments))
    except BaseException as error:  # noqa: BLE001 - it is raised where the claim is given back
        answer.set_exception(error)
    return answer


def _timed(verifier: Evaluator, genotypes: IntArray) -> tuple[Evaluation, float]:
    """The answer, and the seconds that it took."""
    start = time.perf_counter()
    found = asked(verifier, genotypes)
    return found, time.perf_counter() - start


def _check_hope(study: Study, phase: str, enough: int) -> None:
    """Raise where ``enough`` architectures were asked for and each of them failed."""
    reasons = study.records(phase).reasons
    if len(reasons) >= enough and None not in reasons:
        raise ValueError(
            f"the verifier failed for all {len(reasons)} architectures that it was asked for, the last time with "
            f"{reasons[-1]!r}; mend it, and the same search goes on with the others"
        )

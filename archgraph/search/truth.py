"""Asking for the truth about the chosen few, and about random ones to compare with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from functools import partial

import numpy as np

from archgraph import _check
from archgraph._programs import end_programs
from archgraph.evaluators import Evaluation, Evaluator, genotype_keys
from archgraph.evaluators.base import asked
from archgraph.search.claims import LEASE, POLL, Work
from archgraph.search.study import Study, genotype_texts
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

GIVE_UP = 10
"""Architectures after which a verifier that answered for none of them is given up; of fewer the failures are kept."""

Progress = Callable[[str, int, int], None]
"""Called with the phase, how many architectures are done, and how many there will be."""


Waiting = dict[Work, tuple[int, IntArray]]
"""Work to its place in the queue and its ``(1, G)`` genotype, in the order of asking."""


def no_progress(phase: str, done: int, total: int) -> None:
    """Tell nobody."""


def verify(
    study: Study,
    verifier: Evaluator,
    progress: Progress = no_progress,
    total: int | None = None,
    lease: float = LEASE,
    workers: int = 1,
    timeout: float | None = None,
) -> None:
    """Verify the chosen architectures that are not verified yet; each lands in the study at once.

    Any number of processes, on any machines that reach the study, may do so at the same time: each takes what no other
    has taken, and what one that died had taken is free again at once on its machine, elsewhere after its lease. All of
    them end when everything is verified.

    Args:
        study: One in which architectures were chosen.
        verifier: Answers all columns of the study's objectives and constraints.
        progress: Called after each.
        total: How many there will be, if more are to be chosen later.
        lease: Seconds after which others take over from a process that is silent.
        workers: Architectures to verify at the same time, each by a thread of this process: for verifiers that wait
            for others, such as ``Program``. A search in rounds has no more to do at a time than a round holds.
        timeout: Seconds after which this call begins no further one, and ends with those that it has begun; None = all.

    Raises:
        ValueError: Nothing was chosen, the verifier leaves a column out or fails always, or the lease is below 0.1 s.
    """
    chosen = study.count("chosen")
    if not chosen:
        raise ValueError("the study has no chosen architectures to verify; search first")
    waiting, total = _waiting("verified", *study.unverified()), total or chosen
    tell = partial(_tell, progress, "verified", chosen, total)
    _ask(study, verifier, waiting, tell, lease, workers, timeout)
    _check_answered(study, "verified", total)


def verify_random(
    study: Study,
    space: SearchSpace,
    verifier: Evaluator,
    n: int | None = None,
    progress: Progress = no_progress,
    lease: float = LEASE,
    workers: int = 1,
    timeout: float | None = None,
) -> None:
    """Verify ``n`` (default: as many as were chosen) random architectures: what a search without predictions finds.

    They follow from the study's seed and are among those that the verifier can answer for; a second call continues the
    first. Processes share the work as in ``verify``.

    Raises:
        ValueError: The space holds fewer architectures, or the verifier leaves a column out or fails always.
    """
    n = _check.positive_int("n", study.count("chosen") if n is None else n)
    _check_columns(study, verifier)
    rng = np.random.default_rng([study.settings["seed"], 3])
    pool = verifier.answerable_for(study.columns)
    if pool is not None and n > len(pool):
        raise ValueError(f"n must be at most {len(pool)}, for so many the verifier can answer, but is {n}")
    drawn = space.sample_distinct(n, rng)
    if pool is not None and not np.isin(genotype_keys(space, drawn), genotype_keys(space, pool)).all():
        drawn = pool[rng.permutation(len(pool))[:n]]
    waiting = _waiting("random", np.arange(n), drawn)
    _ask(study, verifier, waiting, partial(_tell, progress, "random", n, n), lease, workers, timeout)
    _check_answered(study, "random", n)


def _waiting(phase: str, places: IntArray, genotypes: IntArray) -> Waiting:
    works = [Work(phase, text) for text in genotype_texts(genotypes)]
    return dict(zip(works, zip(places.tolist(), genotypes[:, None], strict=True), strict=True))


def _tell(progress: Progress, phase: str, size: int, total: int, left: int) -> None:
    """Tell that of ``size`` architectures, of ``total`` that there will be, so many are left."""
    if left < size:
        progress(phase, size - left, total)


def _ask(
    study: Study,
    verifier: Evaluator,
    waiting: Waiting,
    tell: Callable[[int], None],
    lease: float,
    workers: int,
    timeout: float | None,
) -> None:
    """Have what waits, all of one phase, answered, here or by others; ``tell`` how much is left whenever it is less."""
    _check.number("lease", lease, 0.1)
    check_workers(workers, verifier)
    _check_columns(study, verifier)
    ends = time.monotonic() + (np.inf if timeout is None else timeout)
    left, told = list(waiting), -1
    with _Crew(study, verifier, waiting, lease, workers) as crew:
        while True:
            taken, over = None, time.monotonic() >= ends
            if left and crew.idle and not over:
                taken, written = study.claims.take(left, lease)
                left = _without(left, written)
            if len(left) != told:
                told = len(left)
                tell(told)
            if not left or (over and not crew.busy):
                return
            if taken is not None:
                crew.begin(taken)
            elif crew.busy:
                left = _without(left, crew.write_next())
                if crew.failed:
                    _give_up(study, crew)
            else:
                # Others are at what is left.
                time.sleep(POLL)


def check_workers(workers: int, verifier: Evaluator) -> None:
    """Hold the number of architectures that are verified at the same time against who verifies.

    Raises:
        ValueError: It is not positive, or more than one where times are taken.
    """
    if _check.positive_int("workers", workers) > 1 and verifier.clocks:
        raise ValueError(f"workers must be 1, for {verifier.name} takes times, but is {workers}")


def _check_columns(study: Study, verifier: Evaluator) -> None:
    for column in study.columns:
        if column not in verifier.columns:
            answered = ", ".join(verifier.columns)
            raise ValueError(f"the verifier answers {answered}, but not {column!r}; combine it with one that does")


def _check_answered(study: Study, phase: str, total: int) -> None:
    """Make sure that not all of the ``total`` architectures of a phase, once they are there, are failures.

    Raises:
        ValueError: They are.
    """
    if study.count(phase) < total:
        return
    reasons = study.records(phase).reasons
    if None not in reasons:
        raise ValueError(
            f"the verifier failed for each of {len(reasons)} architectures, the last time with {reasons[-1]!r}; mend "
            "it, and begin another study"
        )


def _without(works: list[Work], written: Sequence[Work]) -> list[Work]:
    done = set(written)
    return [work for work in works if work not in done]


def _give_up(study: Study, crew: _Crew) -> None:
    """Forget the answers and end if all of them are failures, and they are many enough.

    Raises:
        ValueError: So it is.
    """
    phase = next(iter(crew.waiting)).phase
    reason = study.give_up(phase, GIVE_UP)
    if reason is not None:
        crew.finish()
        study.give_up(phase, 1)
        raise ValueError(
            f"the verifier failed for each of the first architectures, the last time with {reason!r}; they are not "
            "kept: mend it, and begin or resume the same search again"
        )


class _Crew:
    """Asks a verifier for a few architectures at a time, each under its claim; a lone worker in this thread.

    Args:
        study: Where answers are written.
        verifier: Who answers.
        waiting: What it may ask for.
        lease: Of the claims.
        workers: Architectures at a time.

    Attributes:
        failed: Whether the last answer was a failure.
    """

    def __init__(self, study: Study, verifier: Evaluator, waiting: Waiting, lease: float, workers: int) -> None:
        self.study, self.verifier, self.waiting = study, verifier, waiting
        self.lease, self.workers = lease, workers
        self.busy: dict[Future[tuple[Evaluation, float]], tuple[Work, ExitStack]] = {}
        self.failed = False
        self._threads = ThreadPoolExecutor(workers) if workers > 1 else None

    @property
    def idle(self) -> bool:
        """Whether there is somebody for one more."""
        return len(self.busy) < self.workers

    def begin(self, work: Work) -> None:
        """Ask for an architecture that was taken."""
        held = ExitStack()
        held.enter_context(self.study.claims.held(work, self.lease))
        submit = self._threads.submit if self._threads else _at_once
        self.busy[submit(_timed, self.verifier, self.waiting[work][1])] = work, held

    def write_next(self) -> list[Work]:
        """Write the next answer, if there is one before others may have left something to do.

        Returns:
            What was written; nothing also where another has taken it over.
        """
        written: list[Work] = []
        self.failed = False
        for answer in list(wait(self.busy, POLL if self.idle else None, FIRST_COMPLETED).done)[:1]:
            work, held = self.busy.pop(answer)
            with held:
                found, seconds = answer.result()
                failed = np.any([np.isnan(found[column]) for column in self.study.columns], axis=0)
                found.reasons = {row: why for row, why in found.reasons.items() if failed[row]}
                self.failed = bool(found.reasons)
                self.study.add(work.phase, *self.waiting[work], found, self.verifier.name, seconds, claim=work)
                written.append(work)
        return written

    def finish(self) -> None:
        """Write the answers to what was asked, as far as there are some."""
        while self.busy:
            with suppress(Exception):
                self.write_next()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, kind: object, error: BaseException | None, *_: object) -> None:
        if isinstance(error, Exception):
            self.finish()
        elif self.busy:
            end_programs()
            for answer in wait(self.busy, timeout=5).done:
                self.busy.pop(answer)[1].close()
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

"""Asking for the truth about the chosen few, and about random ones to compare with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress

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
"""Architectures after which a verifier that answered for none of them is given up; fewer are kept as they failed."""

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

    They follow from the study's seed and are among those that the verifier can answer for; a second call continues the
    first. Processes share the work as in ``verify``.

    Raises:
        ValueError: The space holds fewer architectures, or the verifier leaves a column out or fails always.
    """
    n = _check.positive_int("n", study.count("chosen") if n is None else n)
    rng = np.random.default_rng([study.settings["seed"], 3])
    pool = verifier.answerable
    if pool is not None and n > len(pool):
        raise ValueError(f"n must be at most {len(pool)}, for so many the verifier can answer, but is {n}")
    drawn = space.sample_distinct(n, rng)
    if pool is not None and not np.isin(genotype_keys(space, drawn), genotype_keys(space, pool)).all():
        drawn = pool[rng.permutation(len(pool))[:n]]
    _ask(study, verifier, "random", drawn, progress, n, lease, workers)


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
    works = [Work(phase, text) for text in genotype_texts(genotypes)]
    with _Crew(study, verifier, dict(zip(works, genotypes[:, None], strict=True)), lease, workers) as crew:
        told = 0
        while True:
            taken, done = study.claims.take(works, lease) if crew.idle else (None, told)
            if done > told:
                progress(phase, done, total)
                told = done
            if done == len(works):
                return
            if taken is not None:
                crew.begin(taken)
            elif not crew.busy:
                # Others are at what is left.
                time.sleep(POLL)
            elif crew.write_next():
                reason = study.give_up(phase, GIVE_UP)
                if reason is not None:
                    crew.finish()
                    study.give_up(phase, 1)
                    raise ValueError(
                        f"the verifier failed for each of the first architectures, the last time with {reason!r}; they "
                        "are not kept: mend it, and begin or resume the same search again"
                    )


class _Crew:
    """Asks a verifier for a few architectures at a time, each under its claim; a lone worker in this thread.

    Args:
        study: Where answers are written.
        verifier: Who answers.
        genotypes: Work to its ``(1, G)`` genotype, in the order of steps.
        lease: Of the claims.
        workers: Architectures at a time.
    """

    def __init__(
        self, study: Study, verifier: Evaluator, genotypes: Mapping[Work, IntArray], lease: float, workers: int
    ) -> None:
        self.study, self.verifier, self.genotypes = study, verifier, genotypes
        self.lease, self.workers = lease, workers
        self.busy: dict[Future[tuple[Evaluation, float]], tuple[Work, ExitStack]] = {}
        self._steps = {work: step for step, work in enumerate(genotypes)}
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
        self.busy[submit(_timed, self.verifier, self.genotypes[work])] = work, held

    def write_next(self) -> bool:
        """Write the next answer, if there is one before others may have left something to do; whether it failed."""
        for answer in wait(self.busy, POLL if self.idle else None, FIRST_COMPLETED).done:
            work, held = self.busy.pop(answer)
            with held:
                found, seconds = answer.result()
                step, genotype = self._steps[work], self.genotypes[work]
                self.study.add(work.phase, step, genotype, found, self.verifier.name, seconds, claim=work)
            return bool(found.reasons)
        return False

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

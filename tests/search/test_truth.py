import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest

from archgraph._programs import printed
from archgraph.data import ArchTable
from archgraph.evaluators import Combined, Evaluation, Evaluator, Only, Tabular
from archgraph.search import Study, Work, search, verify, verify_random
from archgraph.search.study import genotype_texts
from archgraph.spaces import SearchSpace


def test_verifies_the_chosen_once(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    study = run()
    assert study.count("verified") == 0
    done: list[tuple[str, int, int]] = []
    verify(study, truth, lambda *seen: done.append(seen))
    verify(study, truth)
    assert truth.calls == 5
    assert done == [("verified", number, 5) for number in range(1, 6)]
    verified, chosen = study.records("verified"), study.records("chosen")
    assert verified.genotypes.tolist() == chosen.genotypes.tolist()
    assert verified.steps.tolist() == list(range(5))
    assert set(verified.evaluators) == {"truth"}


def test_random_architectures_follow_from_the_seed(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    one, same, other = run(), run(), run(seed=1)
    for study in (one, same, other):
        verify_random(study, nb201, truth)
    found = [study.records("random").genotypes.tolist() for study in (one, same, other)]
    assert found[0] == found[1] != found[2]
    assert len(found[0]) == 5
    # A second call with more of them continues.
    verify_random(one, nb201, truth, 7)
    assert one.count("random") == 7


def test_random_ones_are_among_those_that_the_verifier_knows(run: Callable[..., Study], nb201: SearchSpace) -> None:
    rows = nb201.sample_distinct(8, np.random.default_rng(0))
    table = ArchTable(nb201, rows, {"acc": np.arange(8.0), "ms": np.r_[np.arange(6.0), np.nan, np.nan]})
    study = run()
    verify_random(study, nb201, Tabular(table), 6)
    drawn = study.records("random").genotypes
    assert sorted(drawn.tolist()) == sorted(rows[:6].tolist())
    with pytest.raises(ValueError, match="n must be at most 6, for so many the verifier can answer, but is 7"):
        verify_random(study, nb201, Tabular(table), 7)


class Faulty(Evaluator):
    """The truth, but it fails for those whose first gene is at most ``bad``, and raises what ``breaks`` says."""

    def __init__(self, truth: Any, bad: int = 9, breaks: BaseException | None = None) -> None:
        self.truth, self.name, self.columns, self.bad, self.breaks = truth, truth.name, truth.columns, bad, breaks

    def evaluate(self, genotypes: Any) -> Evaluation:
        if self.breaks is not None:
            raise self.breaks
        failed = np.asarray(genotypes)[:, 0] <= self.bad
        found = self.truth.evaluate(genotypes)
        return Evaluation({column: np.where(failed, np.inf, values) for column, values in found.items()})


def test_failures_are_kept_with_their_reasons(run: Callable[..., Study], truth: Any) -> None:
    study = run(budget=12)
    verify(study, Faulty(truth, 2))
    verified = study.records("verified")
    failed = verified.genotypes[:, 0] <= 2
    assert 0 < failed.sum() < 12
    assert np.isnan(verified.values["acc"]).tolist() == failed.tolist()
    assert [reason == "acc is inf" for reason in verified.reasons] == failed.tolist()


@pytest.mark.parametrize("workers", [1, 3])
def test_who_always_fails_is_given_up_and_leaves_nothing(
    run: Callable[..., Study], truth: Any, place: str, workers: int
) -> None:
    study = run(budget=12, study=place)
    with pytest.raises(ValueError, match="failed for each of the first architectures, the last time with 'acc is inf'"):
        verify(study, Faulty(truth), workers=workers)
    assert 10 <= truth.calls < 10 + workers
    assert study.count("verified") == 0
    verify(study, truth, workers=workers)
    assert study.count("verified") == 12


class Chatty(Evaluator):
    """The truth, and a column that nobody asked for and that is never known."""

    def __init__(self, truth: Any) -> None:
        self.truth, self.name, self.columns = truth, truth.name, (*truth.columns, "noise")

    def evaluate(self, genotypes: Any) -> Evaluation:
        found = self.truth.evaluate(genotypes)
        return Evaluation(found | {"noise": np.full(found.rows, np.nan)})


def test_what_nobody_asked_for_is_kept_and_fails_nothing(run: Callable[..., Study], truth: Any) -> None:
    study = run(budget=12)
    verify(study, Chatty(truth))
    verified = study.records("verified")
    assert verified.reasons == (None,) * 12
    assert np.isnan(verified.values["noise"]).all()
    assert np.isfinite(verified.values["acc"]).all()


def test_times_are_not_taken_side_by_side(run: Callable[..., Study], truth: Any, tmp_path: Path) -> None:
    truth.clocks = True
    study = run(budget=3)
    with pytest.raises(ValueError, match="workers must be 1, for truth takes times, but is 2"):
        verify(study, truth, workers=2)
    verify(study, truth)
    with pytest.raises(ValueError, match="workers must be 1, for truth takes times, but is 2"):
        run(verifier=truth, workers=2, study=tmp_path / "s.db")
    assert not (tmp_path / "s.db").exists()


def test_who_answers_for_nothing_is_one_clear_line(nb201: SearchSpace) -> None:
    rows = nb201.sample_distinct(8, np.random.default_rng(0))
    known = {"acc": np.arange(8.0), "ms": np.arange(8.0)}
    tables = [
        ArchTable(nb201, rows[half], {name: known[name][half]})
        for name, half in (("acc", slice(4)), ("ms", slice(4, 8)))
    ]
    with pytest.raises(ValueError, match="the verifier can answer for no architecture in all of acc, ms"):
        search(nb201, ["acc:max", "ms:min"], verifier=Combined(*map(Tabular, tables)), strategy="random")


def test_needs_chosen_ones_and_every_column(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    study = run()
    with pytest.raises(ValueError, match="the verifier answers acc, but not 'ms'; combine it with one that does"):
        verify(study, Only(truth, ["acc"]))
    with pytest.raises(ValueError, match="the verifier answers acc, but not 'ms'; combine it with one that does"):
        verify_random(study, nb201, Tabular(ArchTable(nb201, [[0] * 6], {"acc": np.ones(1)})))
    with pytest.raises(ValueError, match="lease must be a number of at least 0.1, but is 0"):
        verify(study, truth, lease=0)
    empty = Study(None, study.settings)
    with pytest.raises(ValueError, match="no chosen architectures to verify"):
        verify(empty, truth)


class Meeting(Evaluator):
    """The truth, once three architectures are asked for at the same time."""

    def __init__(self, truth: Any) -> None:
        self.truth, self.name, self.columns = truth, truth.name, truth.columns
        self.barrier = Barrier(3, timeout=60)

    def evaluate(self, genotypes: Any) -> Evaluation:
        self.barrier.wait()
        return self.truth.evaluate(genotypes)


def test_workers_verify_at_the_same_time_what_one_would(run: Callable[..., Study], truth: Any, place: str) -> None:
    alone, together = run(budget=6, verifier=truth), run(budget=6, study=place)
    truth.calls = 0
    verify(together, Meeting(truth), workers=3)
    assert truth.calls == 6
    one, three = (study.records("verified") for study in (alone, together))
    assert three.genotypes.tolist() == one.genotypes.tolist()
    assert three.values["acc"].tolist() == one.values["acc"].tolist()
    with pytest.raises(ValueError, match="workers must be"):
        verify(together, truth, workers=0)


@pytest.mark.parametrize("error", [OSError("the lights went out"), KeyboardInterrupt()])
def test_what_workers_were_at_when_one_broke_is_free_at_once(
    run: Callable[..., Study], truth: Any, place: str, error: BaseException
) -> None:
    study = run(budget=6, study=place)
    with pytest.raises(type(error)):
        verify(study, Faulty(truth, breaks=error), workers=3)
    assert study.count("verified") == 0
    works = [Work("verified", text) for text in genotype_texts(study.records("chosen").genotypes)]
    with Study(place) as other:
        assert None not in [other.claims.take([work])[0] for work in works]


class Waiting(Evaluator):
    """Waits for a program that takes a minute."""

    name, columns = "waiting", ("acc", "ms")

    def __init__(self, begun: Path) -> None:
        self.begun = begun

    def evaluate(self, genotypes: Any) -> Evaluation:
        (self.begun / "-".join(map(str, np.asarray(genotypes)[0]))).touch()
        printed([sys.executable, "-S", "-c", "import time; time.sleep(60)"], 90)
        raise AssertionError("the program was not ended")


def test_an_interruption_ends_the_programs_that_workers_wait_for(run: Callable[..., Study], tmp_path: Path) -> None:
    study, start = run(budget=4), time.monotonic()

    def interrupt() -> None:
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.02)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    # who starts tests in the background of a shell may have told them to ignore interruptions
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    Thread(target=interrupt, daemon=True).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            verify(study, Waiting(tmp_path), workers=2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 30
    assert study.count("verified") == 0

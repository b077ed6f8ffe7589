"""Several workers on one study."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.search import Study
from archgraph.search.claims import LostClaimError, Work
from tests.search import killed_search

SETTINGS = {"space": "nb201", "objectives": ["acc:max"], "constraints": [], "seed": 0}
WORKS = [Work("verified", f"[{number}]") for number in range(3)]
FOUND = Evaluation({"acc": [1.0]})


def add(study: Study, work: Work) -> None:
    number = int(work.name.strip("[]"))
    study.add("verified", number, np.array([[number]]), FOUND, "net", claim=work)


@pytest.fixture
def two(place: str) -> tuple[Study, Study]:
    return Study(place, SETTINGS), Study(place, SETTINGS)


def test_what_one_took_no_other_takes(two: tuple[Study, Study]) -> None:
    one, other = two
    assert one.claims.take(WORKS) == (WORKS[0], [])
    assert other.claims.take(WORKS) == (WORKS[1], [])
    assert one.claims.take(WORKS) == (WORKS[2], [])
    assert other.claims.take(WORKS) == (None, [])
    # Other phases are other work.
    assert other.claims.take([Work("random", "[0]")])[0] is not None
    with one.claims.held(WORKS[0]):
        add(one, WORKS[0])
    with suppress(KeyboardInterrupt), one.claims.held(WORKS[2]):
        raise KeyboardInterrupt
    # Written work is done; what was given back unwritten is free at once.
    assert other.claims.take(WORKS) == (WORKS[2], [WORKS[0]])


def test_many_works_are_looked_up_as_few_are(two: tuple[Study, Study], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    for few in (64, 1):
        monkeypatch.setattr("archgraph.search.claims.FEW", few)
        taken, written = one.claims.take(WORKS)
        assert taken is not None
        assert other.claims.take([taken]) == (None, [])
        with one.claims.held(taken):
            add(one, taken)
        assert other.claims.take([taken]) == (None, [taken])
        assert written == WORKS[: WORKS.index(taken)]


def test_a_lease_ends_unless_it_is_renewed(two: tuple[Study, Study]) -> None:
    one, other = two
    work = WORKS[:1]
    assert one.claims.take(work, lease=0.6) == (WORKS[0], [])
    with one.claims.held(WORKS[0], lease=0.6):
        time.sleep(1.2)
        assert other.claims.take(work) == (None, [])
    assert one.claims.take(work, lease=0.3) == (WORKS[0], [])
    time.sleep(0.4)
    assert other.claims.take(work) == (WORKS[0], [])


def test_who_lost_a_claim_writes_nothing(two: tuple[Study, Study]) -> None:
    one, other = two
    one.claims.take(WORKS[:1], lease=0.1)
    time.sleep(0.2)
    assert other.claims.take(WORKS[:1]) == (WORKS[0], [])
    with pytest.raises(LostClaimError, match=r"another worker has taken over '\[0\]' of 'verified'"):
        add(one, WORKS[0])
    with one.claims.held(WORKS[0]):
        add(one, WORKS[0])
    assert one.count("verified") == 0
    # Who lost it does not give it back either.
    assert one.claims.take(WORKS[:1]) == (None, [])
    with other.claims.held(WORKS[0]):
        add(other, WORKS[0])
    assert one.count("verified") == 1


def test_what_is_done_once_is_done_by_whoever_comes_first() -> None:
    study = Study(None, SETTINGS)
    choice, done = Work("chosen", "the choice"), []

    def do() -> None:
        done.append(study.claims.take([choice])[0])

    for _ in range(2):
        study.claims.do_once(choice, 60.0, lambda: bool(done), do)
    assert done == [None]
    assert study.claims.take([choice])[0] == choice


@pytest.mark.parametrize("strategy", ["guided", "iterative", "nsga2"])
def test_four_workers_end_as_one_does(place: str, strategy: str, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    # Slow enough that one does not take everything; a lease that nobody outlives.
    workers = [killed_search.start(killed_search.work, place, strategy, 0.05, calls, 60.0) for _ in range(4)]
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert killed_search.is_undisturbed(place, strategy)
    with Study(place, read_only=True) as study:
        verified = study.records("verified").genotypes
    asked = Counter(calls.read_text().splitlines())
    assert asked == {str([genotype]): 1 for genotype in verified.tolist()}
    assert len(asked) == killed_search.BUDGET


@pytest.mark.parametrize("here", [True, False])
def test_what_a_killed_worker_had_is_given_back(place: str, here: bool, tmp_path: Path) -> None:
    """At once to others on its machine, after its lease elsewhere."""
    calls = tmp_path / "calls"
    settings = SETTINGS | {"objectives": ["acc:max", "ms:min"]}
    chosen = np.arange(18).reshape(3, 6) % 5
    with Study(place, settings) as study:
        study.add("chosen", 0, chosen, Evaluation({"acc": np.zeros(3), "ms": np.zeros(3)}), "hand")
        lease = 60.0 if here else 1.0
        hung = killed_search.start(killed_search.verify_slowly, place, 60.0, calls, lease, here)
        while not calls.exists():
            time.sleep(0.02)
        # It lives for longer than its lease, so that only what it does not have is free.
        time.sleep(1.2)
        other = killed_search.start(killed_search.verify_slowly, place, 0.0, calls, lease)
        while study.count("verified") < 2:
            time.sleep(0.02)
        hung.kill()
        hung.join()
        killed_at = time.time()
        other.join(20)
        assert other.exitcode == 0
        verified = study.records("verified")
    assert verified.genotypes.tolist() == chosen.tolist()
    # On its clock and the server's, which are one machine's here.
    assert (-0.1 if here else 0.2) < verified.at[0] - killed_at < 3
    assert calls.read_text().splitlines() == [str([row]) for row in chosen[[0, 1, 2, 0]].tolist()]

from collections.abc import Callable
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Evaluation, Evaluator, Only
from archgraph.search import Study, verify, verify_random
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


def test_failures_are_kept_with_their_reasons(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    study = run()
    truth.error = np.inf
    with pytest.raises(ValueError, match="the verifier failed for all 5 architectures .* with 'acc is -?inf"):
        verify(study, truth)
    verified = study.records("verified")
    assert np.isnan(verified.values["acc"]).all()
    assert all(reason and reason.startswith("acc is ") for reason in verified.reasons)


def test_needs_chosen_ones_and_every_column(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    study = run()
    with pytest.raises(ValueError, match="the verifier answers acc, but not 'ms'; combine it with one that does"):
        verify(study, Only(truth, ["acc"]))
    with pytest.raises(ValueError, match="lease must be a number of at least 0.1, but is 0"):
        verify(study, truth, lease=0)
    empty = Study(None, study.settings)
    with pytest.raises(ValueError, match="no chosen architectures to verify"):
        verify(empty, truth)


class Meeting(Evaluator):
    """The truth, once three architectures are asked for at the same time."""

    def __init__(self, truth: Any, breaks: bool = False) -> None:
        self.truth, self.name, self.columns, self.breaks = truth, truth.name, truth.columns, breaks
        self.barrier = Barrier(3, timeout=60)

    def evaluate(self, genotypes: Any) -> Evaluation:
        self.barrier.wait()
        if self.breaks:
            raise OSError("the lights went out")
        return self.truth.evaluate(genotypes)


def test_workers_verify_at_the_same_time_what_one_would(run: Callable[..., Study], truth: Any) -> None:
    alone, together = run(budget=6, verifier=truth), run(budget=6)
    truth.calls = 0
    verify(together, Meeting(truth), workers=3)
    assert truth.calls == 6
    one, three = (study.records("verified") for study in (alone, together))
    assert three.genotypes.tolist() == one.genotypes.tolist()
    assert three.values["acc"].tolist() == one.values["acc"].tolist()
    with pytest.raises(ValueError, match="workers must be"):
        verify(together, truth, workers=0)


def test_what_workers_were_at_when_one_broke_is_free_again(run: Callable[..., Study], truth: Any) -> None:
    study = run(budget=6)
    with pytest.raises(OSError, match="the lights went out"):
        verify(study, Meeting(truth, breaks=True), workers=3)
    assert study.count("verified") == 0
    verify(study, truth)
    assert study.count("verified") == truth.calls == 6

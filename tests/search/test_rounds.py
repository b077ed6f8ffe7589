"""Rounds that workers share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.objectives import Objective
from archgraph.search import SearchTask, Study, Work
from archgraph.search.rounds import ENDED, in_rounds, rounds_of
from archgraph.spaces import SearchSpace


@pytest.fixture
def task(nb201: SearchSpace, truth: Any) -> SearchTask:
    return SearchTask(nb201, (Objective("acc", "max"),), (), {}, verifier=truth, budget=7, predicted=False)


@pytest.fixture
def study(task: SearchTask) -> Study:
    return Study(settings=task.settings)


class Chooser:
    """Random architectures, three a round, up to a last round; another worker is quicker in round 1."""

    def __init__(self, task: SearchTask, study: Study, last: int = 99) -> None:
        self.task, self.study, self.last = task, study, last
        self.genotypes = task.space.sample_distinct(40, np.random.default_rng(0))
        self.called: list[tuple[int, int]] = []

    def __call__(self, number: int, choice: Work) -> None:
        self.called.append((number, self.study.count("verified")))
        n = 0 if number > self.last else min(3, self.task.budget - self.study.count("chosen"))
        rows = self.genotypes[3 * number : 3 * number + n]
        notes: dict[str, Any] = {} if n else {ENDED: number}
        self.study.add("chosen", number, rows, Evaluation({"acc": [np.nan] * n}), "me", notes=notes, claim=choice)


def test_each_round_is_chosen_when_those_before_are_verified(task: SearchTask, study: Study) -> None:
    choose = Chooser(task, study)
    in_rounds(task, study, choose)
    assert choose.called == [(0, 0), (1, 3), (2, 6)]
    assert study.records("chosen").steps.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert study.count("verified") == 7
    assert rounds_of(study) == 3


def test_a_round_of_nothing_is_the_last(task: SearchTask, study: Study) -> None:
    choose = Chooser(task, study, last=0)
    in_rounds(task, study, choose)
    assert choose.called == [(0, 0), (1, 3)]
    assert (study.count("verified"), study.note(ENDED)) == (3, 1)
    in_rounds(task, study, choose)
    assert len(choose.called) == 2


def test_what_another_worker_chose_is_verified_and_not_chosen_again(task: SearchTask, study: Study) -> None:
    Chooser(task, study)(0, _claimed(study, 0))
    choose = Chooser(task, study)
    in_rounds(task, study, choose)
    assert choose.called == [(1, 3), (2, 6)]


def _claimed(study: Study, number: int) -> Work:
    work, _ = study.claims.take([Work("chosen", f"round {number}")])
    assert work is not None
    return work

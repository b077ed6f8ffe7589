from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.search import SearchTask, Study, Work
from archgraph.search.rounds import ENDED, in_rounds
from archgraph.spaces import SearchSpace

UNKNOWN = Evaluation({"acc": [np.nan] * 2, "ms": [np.nan] * 2})


def begun(nb201: SearchSpace, truth: Any, budget: int) -> tuple[SearchTask, Study]:
    objectives = [f"{column}:max" for column in truth.columns]
    study = Study(None, {"space": nb201.name, "objectives": objectives, "constraints": [], "seed": 0})
    return SearchTask(nb201, study.objectives, (), {}, verifier=truth, budget=budget, predicted=False), study


def two_a_round(study: Study, end: int) -> Callable[[int, Work], None]:
    def choose(number: int, claim: Work) -> None:
        assert study.count("verified") == study.count("chosen") == 2 * number
        rows = np.array([[number, other, 0, 0, 0, 1] for other in range(2)])
        if number == end:
            study.add(
                "chosen", number, rows[:0], UNKNOWN.take(np.arange(0)), "hand", notes={ENDED: number}, claim=claim
            )
        else:
            study.add("chosen", number, rows, UNKNOWN, "hand", claim=claim)

    return choose


def test_a_round_is_chosen_once_those_before_are_verified(nb201: SearchSpace, truth: Any) -> None:
    task, study = begun(nb201, truth, budget=6)
    for _ in range(2):
        in_rounds(task, study, two_a_round(study, end=5))
    assert study.records("verified").steps.tolist() == list(range(6))
    assert truth.calls == 6


def test_a_round_may_be_the_last(nb201: SearchSpace, truth: Any) -> None:
    task, study = begun(nb201, truth, budget=100)
    in_rounds(task, study, two_a_round(study, end=2))
    in_rounds(task, study, two_a_round(study, end=9))
    assert study.count("verified") == 4
    assert study.note(ENDED) == 2

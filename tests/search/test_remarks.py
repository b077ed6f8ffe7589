from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import Evaluation, Evaluator, Tabular
from archgraph.predictors import ForestPredictor
from archgraph.search import Study, remarks, search
from archgraph.spaces import SearchSpace
from tests.search.conftest import NodeSum


def test_nothing_is_said_of_what_was_reached(nb201: SearchSpace, truth: Any) -> None:
    assert remarks(search(nb201, ["acc:max"], verifier=truth, strategy="random", budget=5)) == []


@pytest.mark.parametrize("strategy", ["random", "evolution", "linas", "guided"])
def test_too_few_for_the_budget(nb201: SearchSpace, strategy: str) -> None:
    rows = nb201.sample_distinct(6, np.random.default_rng(0))
    table = Tabular(ArchTable(nb201, rows, {"acc": np.arange(6.0)}))
    guided = {"predictors": {"acc": NodeSum(0)}, "candidates": 7} if strategy == "guided" else {"verifier": table}
    study = search(nb201, ["acc:max"], strategy=strategy, budget=90, **guided)
    said = {"guided": "7 architectures instead of 90: no more of 7 candidates are there"}
    other = "6 architectures instead of 90: there are no more to ask for"
    assert remarks(study) == [said.get(strategy, other)]


def test_a_least_gain_may_be_the_reason(nb201: SearchSpace, truth: Any) -> None:
    study = search(
        nb201,
        ["acc:max"],
        {"acc": ForestPredictor(members=2, trees=3)},
        verifier=truth,
        strategy="iterative",
        budget=90,
        min_gain=1e9,
        candidates=100,
    )
    told = (
        f"{study.count('chosen')} architectures instead of 90: there are no more to ask for, or none that should gain"
    )
    assert remarks(study) == [f"{told} 1e+09"]


class Half(Evaluator):
    """Fails for every other architecture; the others are worth their first gene."""

    name, columns = "half", ("acc", "ms")

    def evaluate(self, genotypes: Any) -> Evaluation:
        rows = np.asarray(genotypes)
        acc = np.where(rows.sum(axis=1) % 2 == 0, np.nan, rows[:, 0])
        return Evaluation({"acc": acc, "ms": rows[:, 1] + 1.0})


def test_what_nothing_keeps(nb201: SearchSpace) -> None:
    def found(bound: str) -> Study:
        return search(nb201, ["acc:max"], verifier=Half(), strategy="random", budget=40, constraints=[bound])

    known = int(np.isfinite(found("ms<=0.5").records("verified").values["acc"]).sum())
    assert 0 < known < 40
    assert remarks(found("ms<=0.5")) == [f"none of {known} verified architectures keeps ms<=0.5; the closest has ms=1"]
    assert remarks(found("ms<=2")) == []


def test_few_candidates_keep_a_bound(nb201: SearchSpace) -> None:
    largest = float(nb201.costs(nb201.sample(4_000, np.random.default_rng(0)))["params"].max())
    bound = f"params>={largest:.0f}"
    study = search(nb201, ["acc:max"], {"acc": NodeSum(0)}, constraints=[bound], budget=3_000)
    kept = study.count("chosen")
    assert 0 < kept < 3_000
    assert remarks(study) == [f"{kept} architectures instead of 3000: no more of 9445 candidates keep the constraints"]

"""Searches by name, held against a truth."""

from __future__ import annotations

import dataclasses
import importlib.util
import time
from typing import Any

import numpy as np
import pytest

from archgraph.bench.search_methods import METHODS, searched
from archgraph.bench.search_truth import SearchTruth, shares
from archgraph.evaluators import Costs, Evaluation, genotype_keys
from archgraph.objectives import Objective
from archgraph.registry import UnknownNameError
from archgraph.spaces import space

NEEDS_OPTUNA = pytest.mark.skipif(importlib.util.find_spec("optuna") is None, reason="optuna is not installed")


@pytest.fixture(scope="module")
def truth() -> SearchTruth:
    """Few parameters against many multiply-accumulates."""
    nb201 = space("nb201")
    values = Costs(nb201).evaluate(nb201.sample(500, np.random.default_rng(0)))
    goals = (Objective("params", "min"), Objective("activation_bytes", "max"))
    return SearchTruth.of("costs", nb201, Costs(nb201), values, goals)


@pytest.mark.parametrize(
    "method", [pytest.param(name, marks=NEEDS_OPTUNA) if "optuna" in name else name for name in METHODS]
)
def test_every_method_asks_for_distinct_architectures(method: str, truth: SearchTruth) -> None:
    asked, seconds, late_seconds = searched(method, truth, 12, 3)
    assert len(np.unique(genotype_keys(truth.space, asked))) == len(asked) == 12
    assert seconds > 0
    assert late_seconds > 0
    if "optuna" not in method:
        assert searched(method, truth, 12, 3).genotypes.tolist() == asked.tolist()


def test_the_time_of_a_search_is_its_own(truth: SearchTruth) -> None:
    class Slow(Costs):
        def evaluate(self, genotypes: Any) -> Evaluation:
            time.sleep(0.2)
            return super().evaluate(genotypes)

    slow = dataclasses.replace(truth, verifier=Slow(truth.space))
    _, seconds, late_seconds = searched("random", slow, 10, 0)
    assert max(seconds, late_seconds) < 0.02


def test_who_knows_the_truth_by_formulas_finds_it_sooner(truth: SearchTruth) -> None:
    held = {}
    for method in ("iterative", "random"):
        steps = truth.improvements(truth.verifier.evaluate(searched(method, truth, 12, 0).genotypes))
        held[method] = shares(steps, truth.volume)[1][-1]
    assert held["iterative"] > held["random"] + 0.05


def test_unknown_names_are_one_clear_line(truth: SearchTruth) -> None:
    with pytest.raises(UnknownNameError, match="Unknown search method 'ranodm'. Did you mean 'random'"):
        searched("ranodm", truth, 4, 0)

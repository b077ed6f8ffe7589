"""Searches by name, held against a truth."""

from __future__ import annotations

import dataclasses
import importlib.util
from typing import Any

import numpy as np
import pytest

from archgraph.bench import search_methods
from archgraph.bench.search_methods import METHODS, searched
from archgraph.bench.search_truth import SearchTruth, shares
from archgraph.evaluators import Costs, Evaluation, genotype_keys
from archgraph.objectives import Objective
from archgraph.registry import UnknownNameError
from archgraph.spaces import space
from archgraph.typing import IntArray

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


@pytest.mark.parametrize("method", [name for name in METHODS if "bounded" in name])
def test_bounded_searches_stay_within_the_reference_point(method: str, truth: SearchTruth) -> None:
    scaling = truth.scaling
    near = dataclasses.replace(scaling, reference=scaling.best + 0.3 * (scaling.reference - scaling.best))

    def within(name: str) -> int:
        asked = searched(name, dataclasses.replace(truth, scaling=near), 60, 3).genotypes
        return int((near.apply(truth.verifier.evaluate(asked)) <= 1).all(axis=1).sum())

    assert within(method) > within(method.removesuffix("-bounded"))


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Slow(Costs):
    """Answers after 100 s."""

    def __init__(self, truth: SearchTruth, clock: Clock) -> None:
        super().__init__(truth.space)
        self.clock = clock

    def evaluate(self, genotypes: Any) -> Evaluation:
        self.clock.now += 100
        return super().evaluate(genotypes)


@pytest.mark.parametrize(
    ("batches", "seconds", "late_seconds"),
    [
        # seconds before a batch, and which of the architectures it asks for
        ([(1, range(8)), (6, range(8, 10))], 0.7, 3.0),
        ([(1, range(5)), (5, range(5, 10))], 0.6, 1.0),
        ([(4, range(10))], 0.4, 0.4),
        ([(1, range(8)), (2, range(8)), (2, range(8, 10)), (8, range(10))], 1.3, 6.0),
    ],
)
def test_the_time_of_a_search_is_its_own(
    truth: SearchTruth,
    monkeypatch: pytest.MonkeyPatch,
    batches: list[tuple[int, range]],
    seconds: float,
    late_seconds: float,
) -> None:
    genotypes, clock = truth.space.sample_distinct(10, np.random.default_rng(0)), Clock()

    def told(asked: SearchTruth, *_: int) -> IntArray:
        for own, rows in batches:
            clock.now += own
            asked.verifier.evaluate(genotypes[list(rows)])
        return genotypes

    monkeypatch.setattr(search_methods, "perf_counter", clock)
    monkeypatch.setitem(METHODS, "told", told)
    found = searched("told", dataclasses.replace(truth, verifier=Slow(truth, clock)), 10, 0)
    assert (found.seconds, found.late_seconds) == pytest.approx((seconds, late_seconds))


def test_who_knows_the_truth_by_formulas_finds_it_sooner(truth: SearchTruth) -> None:
    held = {}
    for method in ("iterative", "random"):
        steps = truth.improvements(truth.verifier.evaluate(searched(method, truth, 12, 0).genotypes))
        held[method] = shares(steps, truth.volume)[1][-1]
    assert held["iterative"] > held["random"] + 0.05


def test_unknown_names_are_one_clear_line(truth: SearchTruth) -> None:
    with pytest.raises(UnknownNameError, match="Unknown search method 'ranodm'. Did you mean 'random'"):
        searched("ranodm", truth, 4, 0)

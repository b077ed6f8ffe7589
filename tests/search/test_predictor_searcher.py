"""Rounds of predicting and being told, as a searcher."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import genotype_keys
from archgraph.objectives import Constraint, feasible
from archgraph.predictors import GaussianProcessPredictor
from archgraph.registry import UnknownNameError
from archgraph.search import PredictorSearcher, RandomSearcher, Searcher
from archgraph.spaces import SearchSpace


def model() -> GaussianProcessPredictor:
    return GaussianProcessPredictor(members=1, steps=15)


@pytest.fixture
def make(nb201: SearchSpace) -> Callable[..., PredictorSearcher]:
    def call(objectives: Any = ("acc:max", "ms:min"), **options: Any) -> PredictorSearcher:
        predictors = {"acc": model(), "ms": model()}
        settings = {"candidates": 300, "first": 12, "size": 6} | options
        return PredictorSearcher(nb201, objectives, predictors, **settings)

    return call


def advance(searcher: Searcher, truth: Any, n: int, size: int = 4) -> np.ndarray:
    asked: list[np.ndarray] = []
    while sum(map(len, asked)) < n:
        asked.append(searcher.ask(min(size, n - sum(map(len, asked)))))
        searcher.tell(asked[-1], truth.evaluate(asked[-1]))
    return np.concatenate(asked)


def test_a_good_one_is_found_sooner_than_by_chance(make: Callable[..., PredictorSearcher], truth: Any) -> None:
    everything = truth.evaluate(np.stack(np.unravel_index(np.arange(15_625), (5,) * 6), axis=1))["acc"]
    best = truth.evaluate(advance(make(["acc:max"]), truth, 36))["acc"].max()
    chance = truth.evaluate(advance(RandomSearcher(truth.space, make().objectives), truth, 36))["acc"].max()
    assert (everything > best).mean() < 0.001 < 0.01 < (everything > chance).mean()


def test_only_the_pool_is_asked_for_and_none_twice(
    make: Callable[..., PredictorSearcher], truth: Any, nb201: SearchSpace
) -> None:
    pool = nb201.sample(60, np.random.default_rng(0))
    kinds = set(genotype_keys(nb201, pool).tolist())
    searcher = make(pool=pool)
    asked = genotype_keys(nb201, advance(searcher, truth, 40)).tolist()
    assert len(set(asked)) == 40
    assert set(asked) < kinds
    left = searcher.ask(100)
    assert set(asked) | set(genotype_keys(nb201, left).tolist()) == kinds
    assert len(searcher.ask(1)) == 0


def test_what_waits_for_an_answer_is_not_asked_again(
    make: Callable[..., PredictorSearcher], truth: Any, nb201: SearchSpace
) -> None:
    searcher = make(["acc:max"], size=1)
    advance(searcher, truth, 14)
    waiting = np.concatenate([searcher.ask(1) for _ in range(3)])
    assert len(np.unique(genotype_keys(nb201, waiting))) == 3


def test_who_asks_for_a_batch_and_tells_it_asks_in_rounds(make: Callable[..., PredictorSearcher], truth: Any) -> None:
    searcher = make(["acc:max"], first=12, size=6)
    assert searcher.batch == 12
    advance(searcher, truth, 12, size=12)
    assert searcher.batch == 6
    searcher.ask(2)
    assert searcher.batch == 4


def test_one_that_is_stopped_goes_on_the_same(make: Callable[..., PredictorSearcher], truth: Any) -> None:
    whole, stopped = make(["acc:max"]), make(["acc:max"])
    before = advance(whole, truth, 15)
    assert advance(stopped, truth, 15).tolist() == before.tolist()
    waiting = stopped.ask(2)
    assert whole.ask(2).tolist() == waiting.tolist()
    state = json.loads(json.dumps(stopped.state()))
    again = make(["acc:max"])
    again.restore(state, np.concatenate([before, waiting]))
    for searcher in (whole, again):
        searcher.tell(waiting, truth.evaluate(waiting))
    assert advance(again, truth, 4).tolist() == advance(whole, truth, 4).tolist()


def test_bounds_say_how_far_to_look(make: Callable[..., PredictorSearcher], truth: Any, nb201: SearchSpace) -> None:
    usual = np.percentile(truth.evaluate(nb201.sample(500, np.random.default_rng(0)))["ms"], 95)
    beyond = []
    for goals in (["acc:max", "ms:min"], ["acc:max", "ms:min:<=1000"]):
        asked = advance(make(goals, first=12), truth, 48)[12:]
        beyond.append(int((truth.evaluate(asked)["ms"] > usual).sum()))
    assert beyond[1] >= 2 * max(beyond[0], 1)


def test_labelled_ones_teach_and_are_not_taken_for_found(
    make: Callable[..., PredictorSearcher], truth: Any, nb201: SearchSpace
) -> None:
    rows = nb201.sample_distinct(80, np.random.default_rng(5))
    values = dict(truth.evaluate(rows))
    values["acc"][::4] = np.nan
    taught, alone = make(["acc:max"], labelled=(rows, values)), make(["acc:max"])
    assert taught.batch == 6  # a round at once, none at random
    best = [truth.evaluate(advance(searcher, truth, 18))["acc"].max() for searcher in (taught, alone)]
    assert best[0] > best[1]
    # with other answers than the labels said, those that were told count
    found = taught.expected(rows[1:2])["acc"]
    wrong = make(["acc:max"], labelled=(rows, values))
    wrong.tell(rows, {"acc": values["acc"] - 50, "ms": values["ms"]})
    wrong.ask(1)
    assert wrong.expected(rows[1:2])["acc"] < found - 25
    with pytest.raises(UnknownNameError, match="Unknown column 'acc'"):
        make(["acc:max"], labelled=(rows, {"ms": values["ms"]}))


def test_exact_columns_need_not_be_told_and_constrain(make: Callable[..., PredictorSearcher], truth: Any) -> None:
    searcher = make(["acc:max"], constraints=["params<=200000"])
    asked = []
    while len(asked) < 30:
        rows = searcher.ask(6)
        searcher.tell(rows, truth.evaluate(rows)["acc"])
        asked += rows.tolist()
    kept = feasible(truth.space.costs(asked), [Constraint("params", "<=", 200_000)])
    assert kept[12:].mean() > 0.8 > kept[:12].mean()


def test_failures_are_neither_learned_nor_asked_again(make: Callable[..., PredictorSearcher], truth: Any) -> None:
    searcher = make(["acc:max"])
    rows = searcher.ask(16)
    values = truth.evaluate(rows)["acc"]
    values[::2] = np.nan
    searcher.tell(rows, values)
    # Eight answers are fewer than the twelve that the first round takes, so this is drawn at random.
    assert len(searcher.ask(6)) == 6
    state = json.loads(json.dumps(searcher.state()))
    assert state["told"]["values"]["acc"][:2] == [None, values[1]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool": np.empty((0, 6), int)}, "pool must hold at least one genotype, but is empty"),
        ({"first": 0}, "first must be"),
        ({"size": -1}, "size must be"),
        ({"constraints": ["joules<=3"]}, "no predictor or evaluator answers column 'joules'"),
    ],
)
def test_bad_input_is_one_clear_line(
    make: Callable[..., PredictorSearcher], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_values_of_other_shapes_are_refused(make: Callable[..., PredictorSearcher]) -> None:
    searcher = make()
    with pytest.raises(ValueError, match="values must have 2 columns, but have 3"):
        searcher.tell(searcher.ask(4), np.zeros((4, 3)))

"""Searchers that are told the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.data import ArchTable, load
from archgraph.evaluators import Evaluation, Evaluator, Tabular, genotype_keys
from archgraph.objectives import Objective, Scaling, hypervolume
from archgraph.predictors import ForestPredictor
from archgraph.search import SEARCHERS, RandomSearcher, Searcher, Study
from archgraph.search.direct import own_population

FOREST = ForestPredictor(members=2, trees=3)


class Stopped(Exception):
    """Somebody pulled the plug."""


class Unreliable(Evaluator):
    """Another evaluator that stops the process after so many answers, and fails for some architectures."""

    def __init__(self, truth: Any, stop_after: int | None = None) -> None:
        self.truth, self.stop_after = truth, stop_after
        self.name, self.columns = truth.name, truth.columns

    def evaluate(self, genotypes: Any) -> Evaluation:
        if self.stop_after == 0:
            raise Stopped
        self.stop_after = None if self.stop_after is None else self.stop_after - 1
        bad = np.asarray(genotypes)[:, 0] == 3
        found = self.truth.evaluate(genotypes)
        return Evaluation({column: np.where(bad, np.nan, values) for column, values in found.items()})


@pytest.fixture
def told(run: Callable[..., Study], truth: Any) -> Callable[..., Study]:
    """A short search of nb201 by a searcher that is told the truth; keyword arguments change it."""

    def call(strategy: str, **options: Any) -> Study:
        models = {"acc": FOREST, "ms": FOREST} if strategy in ("bananas", "iterative") else {}
        given = {"predictors": models, "verifier": truth}
        return run(strategy=strategy, **{"population": None, "budget": 30} | given | options)

    return call


def content(study: Study) -> list[Any]:
    """Everything but times."""
    phases = []
    for phase in ("predicted", "chosen", "verified"):
        found = study.records(phase)
        values = {name: values.tolist() for name, values in found.values.items()}
        phases.append(repr((found.genotypes.tolist(), values, found.steps.tolist(), found.reasons)))
    return phases


@pytest.mark.parametrize("name", list(SEARCHERS))
def test_every_searcher_is_a_strategy(told: Callable[..., Study], truth: Any, name: str) -> None:
    study = told(name, constraints=["params<=1e6"])
    chosen, verified = study.records("chosen"), study.records("verified")
    assert truth.calls == len(verified) == len(chosen) == 30
    assert study.count("predicted") == 0
    assert len(np.unique(genotype_keys(truth.space, verified.genotypes))) == 30
    assert set(chosen.evaluators) == {name}
    assert study.settings["strategy"] == name
    rounds = np.bincount(chosen.steps)
    assert rounds[0] == (30 if name == "random" else 7)
    if name in ("evolution", "local"):
        assert rounds[1] == 1


@pytest.mark.parametrize("name", ["bananas", "evolution", "local", "nsga2", "unsga3"])
def test_an_interrupted_search_ends_the_same(told: Callable[..., Study], truth: Any, tmp_path: Path, name: str) -> None:
    options = {"population": 8, "budget": 24}
    whole = content(told(name, verifier=Unreliable(truth), **options))
    path = tmp_path / "study.db"
    for stop_after in (0, 3, 7, 9):
        with pytest.raises(Stopped):
            told(name, verifier=Unreliable(truth, stop_after), study=path, **options)
    with told(name, verifier=Unreliable(truth), study=path, **options) as study:
        assert content(study) == whole


def test_a_generation_is_at_most_a_quarter_of_the_budget() -> None:
    assert [own_population("linas", budget) for budget in (4, 40, 400)] == [2, 10, 50]
    assert own_population("random", 100) == 1


def test_a_searcher_of_another_package_is_a_strategy_too(told: Callable[..., Study]) -> None:
    class Third(RandomSearcher):
        def ask(self, n: int) -> Any:
            return super().ask(3 * n)[::3]

    SEARCHERS.add("third", Third)
    assert told("third", budget=3).count("verified") == 3


def test_what_a_strategy_has_no_use_for_is_refused_before_there_is_a_file(
    told: Callable[..., Study], predictors: Any, tmp_path: Path
) -> None:
    path = tmp_path / "study.db"
    with pytest.raises(ValueError, match="strategy 'nsga2' learns from what is verified, so it needs a verifier"):
        told("nsga2", verifier=None, study=path)
    with pytest.raises(ValueError, match="strategy 'local' takes no predictors, but there is one of 'acc'"):
        told("local", predictors={"acc": FOREST}, study=path)
    with pytest.raises(ValueError, match="strategy 'random' has no population, but population is 5"):
        told("random", population=5, study=path)
    with pytest.raises(ValueError, match="strategy 'random' scores no candidates, but candidates is 7; leave it out"):
        told("random", candidates=7, study=path)
    labelled = ([[0] * 6], {"acc": [1.0], "ms": [1.0]})
    with pytest.raises(
        ValueError, match="strategy 'bananas' learns from what it is told alone; leave labelled rows out"
    ):
        told("bananas", labelled=labelled, study=path)
    with pytest.raises(
        ValueError, match="strategy 'guided' takes predictors that are fitted; fit them to the labelled"
    ):
        told("guided", predictors=predictors, labelled=labelled, population=5, study=path)
    assert not path.exists()
    told("bananas", budget=4, study=path).close()
    with pytest.raises(ValueError, match="was begun with the predictors .*; give the same ones"):
        told("bananas", budget=4, study=path, predictors={})


GOALS = (Objective("val_acc", "max"), Objective("edgegpu_latency", "min"))
OPTIONS: dict[str, dict[str, Any]] = {
    "bananas": {"predictors": {goal.column: FOREST for goal in GOALS}},
    "evolution": {"population": 20},
    "iterative": {"predictors": {goal.column: FOREST for goal in GOALS}, "candidates": 1_000, "size": 14},
    "linas": {"population": 25},
    "local": {},
    "nsga2": {"population": 10},
    "random": {},
    "unsga3": {"population": 10},
}


@pytest.fixture(scope="module")
def cells(mirror: Path) -> ArchTable:
    return load("nb201-cifar10")


def _missed(name: str, cells: ArchTable, seed: int, budget: int = 100) -> float:
    """Share of the hypervolume that ``budget`` evaluations have not found."""
    searcher: Searcher = SEARCHERS.get(name)(cells.space, GOALS, seed=seed, **OPTIONS[name])
    truth, scale = Tabular(cells, [goal.column for goal in GOALS]), Scaling.of(cells.columns, GOALS)
    points: list[Any] = []
    while len(points) < budget:
        asked = searcher.ask(min(searcher.batch, budget - len(points)))
        found = truth.evaluate(asked)
        searcher.tell(asked, found)
        points += scale.apply(found).tolist()
    return 1 - hypervolume(points, scale.corner) / hypervolume(scale.apply(cells.columns), scale.corner)


@pytest.mark.parametrize("name", [name for name in OPTIONS if name != "random"])
def test_finds_more_of_the_front_of_a_benchmark_than_random_search(name: str, cells: ArchTable) -> None:
    missed, by_chance = (np.mean([_missed(each, cells, seed) for seed in range(3)]) for each in (name, "random"))
    assert missed < 0.8 * by_chance

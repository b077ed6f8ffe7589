"""Architectures in Optuna's own loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archgraph as ag
from archgraph.data import ArchTable
from archgraph.evaluators import Evaluator, Tabular
from archgraph.objectives import Objective, Scaling, hypervolume, minimised
from archgraph.predictors import GaussianProcessPredictor
from archgraph.search import ExhaustiveSearcher, PredictorSearcher
from tests.libraries import integration
from tests.lines import Line

ours = integration("optuna")
optuna = ours.optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)


@pytest.fixture(scope="module")
def table() -> ArchTable:
    return ag.load("digit-scenes")


@pytest.fixture(scope="module")
def truth(table: ArchTable) -> Evaluator:
    return Tabular(table, ["val_acc", "params"])


def searcher(table: ArchTable, *goals: str, **options: Any) -> PredictorSearcher:
    learners = {"val_acc": GaussianProcessPredictor(members=1, steps=15)}
    return PredictorSearcher(table.space, goals, learners, **{"pool": table.genotypes, "size": 6} | options)


def scaled_volume(table: ArchTable, values: Any, *goals: str) -> float:
    scale = Scaling.of(table.columns, [Objective.parse(goal) for goal in goals])
    return hypervolume(scale.apply(values), scale.corner)


def chance(table: ArchTable, n: int, seed: int, *goals: str) -> float:
    rows = np.random.default_rng(seed).permutation(len(table))[:n]
    return scaled_volume(table, table.take(rows).columns, *goals)


def accuracy(truth: Evaluator, table: ArchTable) -> Any:
    return lambda trial: truth.evaluate(ours.suggest(trial, table.space))["val_acc"][0]


def test_one_objective_ends_better_than_by_chance(table: ArchTable, truth: Evaluator) -> None:
    found, lucky = [], []
    for seed in range(2):
        study = optuna.create_study(
            direction="maximize", sampler=ours.GenotypeSampler(searcher(table, "val_acc:max", seed=seed))
        )
        study.optimize(accuracy(truth, table), n_trials=30)
        assert len({tuple(trial.params.values()) for trial in study.trials}) == 30
        found.append(study.best_value)
        lucky.append(table.take(np.random.default_rng(seed).permutation(len(table))[:30])["val_acc"].max())
    assert np.mean(found) > np.mean(lucky) + 1


def test_a_front_ends_better_than_by_chance(table: ArchTable, truth: Evaluator) -> None:
    goals = ("val_acc:max", "params:min")
    study = optuna.create_study(
        directions=["maximize", "minimize"], sampler=ours.GenotypeSampler(searcher(table, *goals))
    )

    def objective(trial: Any) -> tuple[float, float]:
        found = truth.evaluate(ours.suggest(trial, table.space))
        return found["val_acc"][0], found["params"][0]

    study.optimize(objective, n_trials=36)
    values = np.array([trial.values for trial in study.trials])
    held = scaled_volume(table, {"val_acc": values[:, 0], "params": values[:, 1]}, *goals)
    assert held > 1.1 * np.mean([chance(table, 36, seed, *goals) for seed in range(10)])


def test_a_study_on_disk_is_continued_with_what_it_holds(table: ArchTable, truth: Evaluator, tmp_path: Path) -> None:
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(tmp_path / "study.log")))
    told = []
    for _ in range(2):
        asks = searcher(table, "val_acc:max", first=4)
        study = optuna.create_study(
            storage=storage,
            study_name="one",
            direction="maximize",
            load_if_exists=True,
            sampler=ours.GenotypeSampler(asks),
        )
        study.optimize(accuracy(truth, table), n_trials=6)
        told.append(len(asks.told))
    # The last trial of each run is told at the next suggestion only.
    assert told == [5, 11]
    assert len({tuple(trial.params.values()) for trial in study.trials}) == 12


def test_numbers_are_suggested_as_numbers_and_invalid_ones_pruned() -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(lambda trial: float(ours.suggest(trial, Line()).sum()), n_trials=40)
    first = study.trials[0].distributions
    assert first["width"] == optuna.distributions.IntDistribution(8, 24, step=8)
    assert first["scale"] == optuna.distributions.CategoricalDistribution((1, 2, 4))
    ended = {trial.state.name for trial in study.trials}
    assert ended == {"COMPLETE", "PRUNED"}
    for trial in study.trials:
        invalid = trial.params["width"] == 24 and trial.params["scale"] == 1
        assert (trial.state.name == "PRUNED") is invalid


def test_what_is_suggested_line_by_line_is_the_searchers() -> None:
    line = Line()
    asks = ExhaustiveSearcher(line, [Objective("good", "max")])
    wanted = ExhaustiveSearcher(line, [Objective("good", "max")]).ask(100)
    study = optuna.create_study(direction="maximize", sampler=ours.GenotypeSampler(asks))
    rates = []

    def objective(trial: Any) -> float:
        rates.append(trial.suggest_float("rate", 0.0, 1.0))
        trial.suggest_categorical("act", ["gelu", "relu"])
        trial.suggest_int("width", 8, 24, step=8)
        trial.suggest_categorical("scale", (1, 2, 4))
        return 0.0

    study.optimize(objective, n_trials=len(wanted))
    chosen = [line.from_config({key: trial.params[key] for key in ("width", "scale", "act")}) for trial in study.trials]
    assert np.array(chosen).tolist() == wanted.tolist()
    assert len(set(rates)) == len(wanted)


def test_failed_trials_are_told_as_failures(table: ArchTable) -> None:
    asks = searcher(table, "val_acc:max")
    study = optuna.create_study(direction="maximize", sampler=ours.GenotypeSampler(asks))

    def objective(trial: Any) -> float:
        ours.suggest(trial, table.space)
        if trial.number == 1:
            raise MemoryError
        return 50.0 + trial.number

    study.optimize(objective, n_trials=4, catch=MemoryError)
    np.testing.assert_array_equal(asks.told.values["val_acc"], [50.0, np.nan, 52.0])


def test_constraints_are_read_from_user_attributes(table: ArchTable) -> None:
    learners = {name: GaussianProcessPredictor(members=1, steps=15) for name in ("val_acc", "latency_ms")}
    asks = PredictorSearcher(
        table.space, ["val_acc:max"], learners, ["latency_ms<=0.5", "params<=30000"], pool=table.genotypes
    )
    study = optuna.create_study(direction="maximize", sampler=ours.GenotypeSampler(asks))

    def objective(trial: Any) -> float:
        ours.suggest(trial, table.space)
        trial.set_user_attr("latency_ms", 0.25 * trial.number)
        return 50.0

    study.optimize(objective, n_trials=3)
    assert asks.told.values["latency_ms"].tolist() == [0.0, 0.25]
    assert asks.told.values["params"].tolist() == table.space.costs(asks.told.genotypes)["params"].tolist()


def test_other_directions_are_refused(table: ArchTable) -> None:
    study = optuna.create_study(direction="minimize", sampler=ours.GenotypeSampler(searcher(table, "val_acc:max")))
    with pytest.raises(ValueError, match="directions of the study must be those of the objectives, max, but are min"):
        study.optimize(lambda trial: float(ours.suggest(trial, table.space).sum()), n_trials=1)


@pytest.mark.parametrize("goals", [("val_acc:max",), ("val_acc:max", "params:min")])
def test_trials_without_hope_are_pruned_and_the_others_not(
    table: ArchTable, truth: Evaluator, goals: tuple[str, ...]
) -> None:
    prune = ours.Pruning(searcher(table, *goals, first=16))
    at_random = searcher(table, *goals, first=1000)
    directions = ["maximize", "minimize"][: len(goals)]
    study = optuna.create_study(directions=directions, sampler=ours.GenotypeSampler(at_random))
    genotypes, trained = [], []

    def objective(trial: Any) -> Any:
        genotypes.append(ours.suggest(trial, table.space))
        prune(trial, genotypes[-1])
        trained.append(trial.number)
        found = truth.evaluate(genotypes[-1])
        return tuple(found[goal.column][0] for goal in prune.searcher.objectives)

    study.optimize(objective, n_trials=60)
    pruned = [trial.number for trial in study.trials if trial.state.name == "PRUNED"]
    assert sorted(trained + pruned) == list(range(60))
    assert min(pruned) >= 16
    points = minimised(truth.evaluate(np.array(genotypes)), prune.searcher.objectives)
    beaten = [(points[:number] <= points[number]).all(axis=1).any() for number in pruned]
    assert len(pruned) >= 10
    # At most one of twenty errs by more than 1.645 deviations.
    assert np.mean(beaten) >= 0.95

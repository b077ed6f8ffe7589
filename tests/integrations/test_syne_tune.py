"""Architectures in Syne Tune's own loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archgraph as ag
from archgraph.evaluators import Tabular
from archgraph.objectives import Objective
from archgraph.predictors import GaussianProcessPredictor
from archgraph.registry import UnknownNameError
from archgraph.search import ExhaustiveSearcher, PredictorSearcher, RandomSearcher, Searcher
from tests.libraries import integration
from tests.lines import Line

ours = integration("syne_tune")
pytestmark = pytest.mark.filterwarnings("ignore")  # Syne Tune's own, and those of what it imports


def loop(searcher: Searcher, worth: Any, n: int) -> list[dict[str, float]]:
    from syne_tune.optimizer.schedulers.ask_tell_scheduler import AskTellScheduler

    scheduler = AskTellScheduler(ours.GenotypeScheduler(searcher))
    answers = []
    for _ in range(n):
        trial = scheduler.ask()
        answers.append(worth(searcher.space.from_config(trial.config)))
        scheduler.tell(trial, answers[-1])
    return answers


def test_the_search_ends_better_than_by_chance() -> None:
    table = ag.load("digit-scenes")
    truth = Tabular(table, ["val_acc"])
    learners = {"val_acc": GaussianProcessPredictor(members=1, steps=15)}
    searcher = PredictorSearcher(table.space, ["val_acc:max"], learners, pool=table.genotypes, size=6)
    answers = loop(searcher, lambda row: {"val_acc": truth.evaluate(row)["val_acc"][0]}, 30)
    rng = np.random.default_rng(0)
    lucky = [table["val_acc"][rng.permutation(len(table))[:30]].max() for _ in range(50)]
    assert max(answer["val_acc"] for answer in answers) > np.mean(lucky) + 1


class Remembering(RandomSearcher):
    """Keeps what it is told."""

    def tell(self, genotypes: Any, values: Any) -> None:
        self.kept = [*getattr(self, "kept", []), {name: float(value[0]) for name, value in values.items()}]
        super().tell(genotypes, values)


@pytest.mark.parametrize("goals", [("max",), ("min",), ("max", "min")])
def test_values_arrive_in_their_own_direction(goals: tuple[str, ...]) -> None:
    columns = ("acc", "ms")[: len(goals)]
    searcher = Remembering(Line(), [Objective(*pair) for pair in zip(columns, goals, strict=True)])
    answers = loop(searcher, lambda row: dict(zip(("acc", "ms"), row[:2].tolist(), strict=True)), 5)
    assert searcher.kept == [{name: answer[name] for name in columns} for answer in answers]


def test_what_a_trial_does_not_report_is_named() -> None:
    with pytest.raises(UnknownNameError, match="Unknown metric of a trial's report 'acc'. Known: loss"):
        loop(RandomSearcher(Line(), [Objective("acc", "max")]), lambda row: {"loss": 1.0}, 1)


def test_fixed_entries_are_passed_on_and_no_variables() -> None:
    searcher = RandomSearcher(Line(), [Objective("acc", "max")])
    assert ours.GenotypeScheduler(searcher, fixed={"epochs": 3}).suggest().config["epochs"] == 3
    with pytest.raises(ValueError, match="fixed must hold no variable of 'line', but holds 'width'"):
        ours.GenotypeScheduler(searcher, fixed={"width": 3})


def trained(width: int, scale: int, act: str) -> None:
    from syne_tune import Reporter

    if width == 24:
        raise MemoryError
    Reporter()(good=width * scale, act=act)


def test_a_tuner_runs_trials_and_failures_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from syne_tune import StoppingCriterion, Tuner
    from syne_tune.backend import PythonBackend

    monkeypatch.chdir(tmp_path)  # Syne Tune leaves a file there
    monkeypatch.setenv("SYNETUNE_FOLDER", str(tmp_path))
    line = Line()
    searcher = ExhaustiveSearcher(line, [Objective("good", "max")])
    # The last six of the exhaustive order: two that run, four that fail.
    searcher.tell(ExhaustiveSearcher(line, searcher.objectives).ask(10), np.zeros(10))
    told: list[float] = []
    monkeypatch.setattr(searcher, "_learn", lambda found: told.extend(found.points[:, 0].tolist()))
    tuner = Tuner(
        trial_backend=PythonBackend(tune_function=trained, config_space=ours.config_space(line)),
        scheduler=ours.GenotypeScheduler(searcher),
        stop_criterion=StoppingCriterion(max_num_trials_finished=6),
        n_workers=2,
        max_failures=5,
        sleep_time=0.1,
        save_tuner=False,
        trial_backend_path=str(tmp_path / "trials"),
    )
    tuner.run()
    np.testing.assert_array_equal(np.sort(told), [-64.0, -64.0, np.nan, np.nan, np.nan, np.nan])

"""The strategy "iterative": rounds of verifying and learning, in a study."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import Evaluation, Evaluator, Tabular, genotype_keys
from archgraph.objectives import Constraint, feasible
from archgraph.predictors import DevicePredictor, GaussianProcessPredictor, load_known_devices
from archgraph.search import Study, search
from archgraph.spaces import SearchSpace, Variable, space
from tests.predictors.devices import known
from tests.search import killed_search


class Stopped(Exception):
    """Somebody pulled the plug."""


class Unreliable(Evaluator):
    """Another evaluator that stops the process, or fails for some architectures."""

    def __init__(self, truth: Any, stop_after: int | None = None, fails: Callable[[Any], Any] | None = None) -> None:
        self.truth, self.stop_after, self.fails = truth, stop_after, fails
        self.name, self.columns = truth.name, truth.columns

    def evaluate(self, genotypes: Any) -> Evaluation:
        if self.stop_after is not None and self.truth.calls >= self.stop_after:
            raise Stopped
        found = self.truth.evaluate(genotypes)
        if self.fails is not None:
            bad = self.fails(np.asarray(genotypes))
            found = Evaluation({column: np.where(bad, np.nan, values) for column, values in found.items()})
        return found


class Pausing(Unreliable):
    """Another evaluator that takes a moment."""

    def evaluate(self, genotypes: Any) -> Evaluation:
        time.sleep(0.05)
        return super().evaluate(genotypes)


def model() -> GaussianProcessPredictor:
    return GaussianProcessPredictor(members=1, steps=15)


@pytest.fixture
def rounds(run: Callable[..., Study], truth: Any) -> Callable[..., Study]:
    """A short iterative search of nb201; keyword arguments change it."""

    def call(**options: Any) -> Study:
        predictors = {"acc": model(), "ms": model()}
        settings = {"strategy": "iterative", "predictors": predictors, "verifier": truth, "budget": 40}
        return run(**settings | {"candidates": 200, "population": None} | options)

    return call


def content(study: Study) -> list[Any]:
    """Everything but times."""
    phases = []
    for phase in ("predicted", "chosen", "verified"):
        found = study.records(phase)
        values = {name: values.tolist() for name, values in (found.values | found.std).items()}
        phases.append(repr((found.genotypes.tolist(), values, found.steps.tolist(), found.reasons)))
    return phases


def test_rounds_grow_and_every_architecture_is_verified_once(rounds: Callable[..., Study], truth: Any) -> None:
    told: list[tuple[str, int, int]] = []
    study = rounds(progress=lambda *step: told.append(step))
    chosen, verified = study.records("chosen"), study.records("verified")
    assert truth.calls == len(verified) == len(chosen) == 40
    assert len(np.unique(genotype_keys(truth.space, verified.genotypes))) == 40
    assert chosen.genotypes.tolist() == verified.genotypes.tolist()
    sizes = np.bincount(chosen.steps)
    assert sizes[0] == 10
    assert sizes[1:].tolist() == [*sorted(sizes[1:-1].tolist()), sizes[-1]]
    assert np.isnan(chosen.values["acc"][:10]).all()
    assert np.all(chosen.std["acc"][10:] > 0)
    assert told[-1] == ("verified", 40, 40)


def test_one_objective(rounds: Callable[..., Study], truth: Any) -> None:
    study = rounds(objectives=["acc:max"], predictors={"acc": model()}, candidates=20_000, budget=16)
    everything = truth.evaluate(np.stack(np.unravel_index(np.arange(15_625), (5,) * 6), axis=1))["acc"]
    assert study.records("verified").values["acc"].max() >= np.sort(everything)[-10]


def test_constraints_on_any_column_are_kept(rounds: Callable[..., Study]) -> None:
    bounds = ["ms<=10", "params<=400000"]
    study = rounds(constraints=bounds)
    verified = study.records("verified")
    kept = feasible(verified.values, [Constraint.parse(bound) for bound in bounds])
    assert kept[20:].mean() > 0.8 > kept[:10].mean()


@pytest.mark.parametrize("candidates", [200, 20_000])
def test_an_interrupted_search_ends_the_same(
    rounds: Callable[..., Study], truth: Any, tmp_path: Path, candidates: int
) -> None:
    whole = content(rounds(candidates=candidates, budget=24))
    path = tmp_path / "study.db"
    for stop_after in (0, 3, 6, 7, 13, 20):
        truth.calls = stop_after and _verified(path)
        with pytest.raises(Stopped):
            rounds(candidates=candidates, budget=24, verifier=Unreliable(truth, stop_after), study=path)
    with rounds(candidates=candidates, budget=24, study=path) as study:
        assert content(study) == whole


def test_one_with_labelled_architectures_goes_on_with_the_same(
    rounds: Callable[..., Study], truth: Any, nb201: SearchSpace, tmp_path: Path
) -> None:
    rows = nb201.sample_distinct(40, np.random.default_rng(5))
    labelled = (rows, dict(truth.evaluate(rows)))
    whole = content(rounds(labelled=labelled, budget=12))
    path, truth.calls = tmp_path / "study.db", 0
    with pytest.raises(Stopped):
        rounds(labelled=labelled, budget=12, verifier=Unreliable(truth, 7), study=path)
    for others in (None, (rows[1:], {name: values[1:] for name, values in labelled[1].items()})):
        with pytest.raises(ValueError, match=r"was begun with labelled \"40 architectures, \w{16}\", not"):
            rounds(labelled=others, budget=12, study=path)
    study = rounds(labelled=labelled, budget=12, study=path)
    assert content(study) == whole
    # nothing at random to begin with
    assert np.isfinite(study.records("chosen").values["acc"]).all()


def test_one_with_a_transferred_predictor_goes_on(rounds: Callable[..., Study], truth: Any, tmp_path: Path) -> None:
    def predictors() -> dict[str, Any]:
        save = tmp_path / "devices"
        known().save(save)
        return {"acc": model(), "ms": DevicePredictor(load_known_devices(save))}

    path = tmp_path / "study.db"
    with pytest.raises(Stopped):
        rounds(predictors=predictors(), budget=12, verifier=Unreliable(truth, 9), study=path)
    assert rounds(predictors=predictors(), budget=12, study=path).count("verified") == 12


@pytest.mark.parametrize("strategy", ["guided", "iterative", "evolution"])
def test_one_that_runs_out_of_time_goes_on_to_the_same_end(
    rounds: Callable[..., Study], truth: Any, predictors: Any, tmp_path: Path, strategy: str
) -> None:
    models = {"guided": predictors, "iterative": {"acc": model(), "ms": model()}}.get(strategy, {})
    options = {"strategy": strategy, "predictors": models, "budget": 12}
    options |= {"candidates": 20_000} if strategy == "evolution" else {}
    whole = content(rounds(**options))
    path, parts, study = tmp_path / "study.db", 0, None
    while study is None or study.count("verified") < 12:
        study, parts = rounds(**options, verifier=Pausing(truth), study=path, timeout=0.3), parts + 1
        assert parts < 30
    assert parts > 1
    assert content(study) == whole
    assert rounds(**options, timeout=0.0).count("verified") == 0
    with pytest.raises(ValueError, match="timeout must be a number of at least 0, but is -1"):
        rounds(**options, timeout=-1)


def test_a_search_killed_again_and_again_ends_the_same(place: str) -> None:
    assert killed_search.kill_again_and_again(place, "iterative", workers=2, kills=20, wait=1.2) >= 15
    assert killed_search.is_undisturbed(place, "iterative")


def _verified(path: Path) -> int:
    with Study(path, read_only=True) as study:
        return study.count("verified")


def test_failures_are_kept_and_not_asked_again(rounds: Callable[..., Study], truth: Any) -> None:
    study = rounds(verifier=Unreliable(truth, fails=lambda rows: rows[:, 0] == 3))
    verified = study.records("verified")
    failed = np.isnan(verified.values["acc"])
    assert len(verified) == truth.calls == 40
    assert 0 < failed.sum() < 20
    assert [why is not None for why in verified.reasons] == failed.tolist()


def test_a_verifier_that_always_fails_is_given_up_and_a_mended_one_goes_on(
    rounds: Callable[..., Study], truth: Any, tmp_path: Path
) -> None:
    broken = Unreliable(truth, fails=lambda rows: np.ones(len(rows), bool))
    path = tmp_path / "study.db"
    message = (
        "the verifier failed for each of the first architectures, the last time with 'acc is nan'; they are not kept"
    )
    for _ in range(2):
        truth.calls = 0
        with pytest.raises(ValueError, match=message):
            rounds(verifier=broken, study=path)
        assert (truth.calls, _verified(path)) == (10, 0)
    with rounds(study=path) as study:
        assert content(study) == content(rounds())
    for _ in range(2):
        with pytest.raises(
            ValueError, match="failed for each of 3 architectures, the last time with 'acc is nan'; mend"
        ):
            rounds(verifier=broken, budget=3, study=tmp_path / "few.db")
        assert _verified(tmp_path / "few.db") == 3
    one_of_three = Unreliable(truth, fails=lambda rows: np.full(len(rows), truth.calls % 3 > 0))
    few = rounds(verifier=one_of_three, budget=3).records("verified")
    assert sum(why is not None for why in few.reasons) == 2


def test_a_table_is_asked_only_for_what_it_holds(nb201: SearchSpace) -> None:
    table = ArchTable(nb201, nb201.sample_distinct(60, np.random.default_rng(0)), {"acc": np.arange(60.0)})
    study = search(nb201, ["acc:max"], {"acc": model()}, verifier=Tabular(table), strategy="iterative", budget=30)
    verified = study.records("verified")
    assert len(verified) == 30
    assert verified.reasons == (None,) * 30


def test_a_space_smaller_than_the_budget_is_verified_whole(truth: Any) -> None:
    class Tiny(SearchSpace):
        name = "tiny"
        variables = (Variable("one", (0, 1, 2, 3)), Variable("two", (0, 1, 2, 3)))

        def graphs(self, genotypes: Any) -> Any:
            cells = np.zeros((len(self.check(genotypes)), 6), int)
            cells[:, [0, 3]] = self.check(genotypes)
            return space("nb201").graphs(cells)

    truth.space = Tiny()
    study = search(Tiny(), ["acc:max"], {"acc": model()}, verifier=truth, strategy="iterative", budget=50)
    assert study.count("verified") == 16


def test_rounds_that_promise_too_little_are_not_made(rounds: Callable[..., Study]) -> None:
    assert rounds(min_gain=0.5).count("verified") < 40


def test_bad_input_is_one_clear_line(rounds: Callable[..., Study], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="strategy 'iterative' learns from what is verified, so it needs a verifier"):
        rounds(verifier=None)
    with pytest.raises(ValueError, match="min_gain must be a number of at least 0, but is -1"):
        rounds(min_gain=-1)
    path = tmp_path / "study.db"
    rounds(budget=4, study=path).close()
    others = {"acc": GaussianProcessPredictor(members=2), "ms": model()}
    with pytest.raises(ValueError, match="was begun with the predictors .*; give the same ones or begin another study"):
        rounds(budget=4, study=path, predictors=others)

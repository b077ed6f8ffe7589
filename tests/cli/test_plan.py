from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from archgraph.cli.plan import Plan, absolute, predictor_files
from archgraph.evaluators.embedded import embedded_names
from archgraph.registry import UnknownNameError
from archgraph.search import Study


def test_a_plan_comes_back_from_its_study(tmp_path: Path) -> None:
    plan = Plan("nb201", ("score:max", "time:min"), ("macs<=3.0",), train_rows=5, verifier="table", seed=7)
    settings = {"space": "nb201", "objectives": list(plan.objectives), "constraints": [], "seed": 7}
    with Study(tmp_path / "s.db", settings) as study:
        study.set_note("plan", plan.to_dict())
        assert Plan.of(study) == plan


def test_a_plan_of_another_version_is_refused() -> None:
    study = Study(None, {"space": "nb201", "objectives": [], "constraints": [], "seed": 0})
    study.set_note("plan", {"where": "nb201", "objectives": ["a:max"], "colour": "red"})
    with pytest.raises(ValueError, match="was begun by another version of archgraph: .*colour"):
        Plan.of(study)


def test_columns_are_those_of_objectives_and_constraints() -> None:
    plan = Plan("nb201", ("score:max", "time:min:<=4"), ("macs<=3", "time>=1"))
    assert plan.columns == ("score", "time", "macs")


def test_a_table_is_more_than_its_space(bench: Path) -> None:
    assert Plan(str(bench), ("score:max",)).table is not None
    assert Plan("mbv3", ("score:max",)).table is None
    assert Plan("mbv3", ("score:max",)).space.name == "mbv3"


def test_a_space_is_known_without_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    (name,) = embedded_names()
    monkeypatch.setattr("archgraph.data.load", None)
    assert Plan(name, ("score:max",)).space.name == name


def test_predictors_of_other_columns_mean_the_space_of_a_name_of_both() -> None:
    name = embedded_names()[0]
    table = Plan(name, ("latency_ms:min",), predictors="latency_ms=a.agp").table
    assert table is not None
    assert table.name == name
    assert Plan(name, ("score:max",), predictors="score=a.agp").table is None


def test_a_table_without_costs_gets_those_that_are_asked_for(bench: Path) -> None:
    table = Plan(str(bench), ("score:max", "macs:min"), ("params<=900000",)).table
    assert table is not None
    assert set(table.columns) == {"score", "time", "gap", "macs", "params"}
    assert np.array_equal(table["macs"], table.space.costs(table.genotypes)["macs"])
    assert table.units["score"] == "%"


def test_files_are_called_the_same_from_any_folder() -> None:
    here = os.getcwd()
    assert absolute("a=x.agp,b=/y.agp") == f"a={here}/x.agp,b=/y.agp"
    assert absolute("t.npz") == f"{here}/t.npz"
    assert absolute("xgb") == "xgb"
    assert predictor_files("a=x.agp, b=y.agp") == {"a": "x.agp", "b": "y.agp"}


@pytest.mark.parametrize("text", ["a=x,a=y", "a=", "=x", "a=x,b"])
def test_half_named_predictors_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--predictors must be a kind, or COLUMN=FILE"):
        predictor_files(text)


def test_an_unknown_verifier_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown verifier 'supernt'. Did you mean 'supernet'"):
        Plan("nb201", ("score:max",), verifier="supernt")


def test_a_command_belongs_to_its_verifier() -> None:
    with pytest.raises(ValueError, match="--command PROGRAM belongs to --verifier command, but that is 'table'"):
        Plan("nb201", ("score:max",), verifier="table", command=("train",))
    with pytest.raises(ValueError, match="--verifier command needs --command 'PROGRAM ARGUMENT ...', but there is non"):
        Plan("nb201", ("score:max",), verifier="command")


def test_rows_are_labelled_for_who_learns_as_it_goes(bench: Path) -> None:
    plan = Plan(str(bench), ("score:max", "time:min"), strategy="iterative", train_rows=30, seed=1)
    found = plan.labelled()
    assert found is not None
    genotypes, values = found
    assert len(genotypes) == 30
    table = plan.table
    assert table is not None
    rows = [table.genotypes.tolist().index(genotype) for genotype in genotypes.tolist()]
    assert values["score"].tolist() == table["score"][rows].tolist()
    assert replace(plan, train_rows=None).labelled() is None
    assert replace(plan, strategy="guided").labelled() is None
    with pytest.raises(ValueError, match="--train-rows needs a table, but 'fbnet' is a search space"):
        replace(plan, where="fbnet").labelled()
    with pytest.raises(ValueError, match="--train-rows is for predictors that are yet to be trained"):
        replace(plan, strategy="guided", predictors="score=a.agp").models()


def test_a_command_is_asked_for_what_no_formula_tells() -> None:
    plan = Plan("nb201", ("score:max", "params:min"), verifier="command", command=(sys.executable, "-c", "x"))
    found = plan.evaluator()
    assert found is not None
    assert found.columns == ("score", "params")
    assert "command" in found.name

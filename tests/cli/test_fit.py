from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph import load_predictor, metrics
from archgraph.cli.fit import parameters
from archgraph.data import ArchTable


def test_the_saved_model_is_the_one_that_was_scored(run, bench: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.agp"
    found = run("fit", bench, "--target", "score", "--n", 120, "-o", model, "--seed", 3, "--json", "-").json
    _, test = ArchTable.load(bench).split(120, seed=3)
    assert (found["n"], found["unit"]) == (120, "%")
    assert found["card"]["target"] == "score"
    predicted = load_predictor(model).predict(test.graphs)
    assert found["scores"]["tau"] == pytest.approx(metrics.kendall_tau(predicted, test["score"]))
    assert found["scores"]["tau"] > 0.6
    assert found["scores"]["rmse"] == pytest.approx(np.sqrt(np.mean((predicted - test["score"]) ** 2)))


def test_one_row_to_test_on_has_no_order(run, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "score", "--n", 239, "--param", "members=2", "--param", "rounds=3")
    found = run("fit", bench, *asked, "-o", tmp_path / "m.agp", "--json", "-").json
    assert (found["scores"]["tau"], found["scores"]["spearman"]) == (None, None)
    assert found["scores"]["rmse"] >= 0


def test_rows_without_the_target_are_left_out(run, bench: Path, tmp_path: Path) -> None:
    found = run("fit", bench, "--target", "gap", "-o", tmp_path / "m.agp", "--json", "-").json
    assert found["n"] == 200
    assert found["scores"] == {}


def test_a_prior_is_begun_with(run, refused, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "score", "--n", 8, "--param", "base=xgb", "-o", tmp_path / "m.agp", "--json", "-")
    run("pretrain", f"{bench}/score", "-o", tmp_path / "p.agp")
    found = run("fit", bench, *asked, "--prior", tmp_path / "p.agp").json
    assert found["predictor"] == "transfer"
    assert found["card"]["slope"] > 0.5
    assert found["scores"]["tau"] > 0.8
    # what was learned is in the model's file
    (tmp_path / "p.agp").unlink()
    _, test = ArchTable.load(bench).split(8, seed=0)
    assert load_predictor(tmp_path / "m.agp").predict(test.graphs).shape == (232,)
    line = refused("fit", bench, "--target", "score", "--prior", tmp_path / "p.agp", "-o", tmp_path / "m.agp")
    assert line.startswith("cannot read ")
    line = refused("fit", bench, "--target", "score", "--prior", tmp_path / "m.agp", "-o", tmp_path / "n.agp")
    assert line.endswith("m.agp' is a predictor of kind 'transfer', and no prior")
    line = refused("fit", bench, "--target", "score", "--prior", tmp_path / "m.agp", "-o", tmp_path / "m.agp")
    assert line.endswith("m.agp', which is read; choose another file")


def test_the_table_is_not_replaced(refused, bench: Path) -> None:
    before = bench.read_bytes()
    for asked in (("--target", "score"), ("--devices", "time")):
        assert "which is read; choose another file" in refused("fit", bench, *asked, "-o", bench)
    assert bench.read_bytes() == before


def test_parameters_are_numbers_words_or_text() -> None:
    given = ["a=3", "b=0.5", "c=true", "d=null", "e=deep", "f=x=y"]
    assert parameters(given) == {"a": 3, "b": 0.5, "c": True, "d": None, "e": "deep", "f": "x=y"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--target", "scroe"], "Unknown column 'scroe'. Did you mean 'score'?"),
        (["--target", "score", "--predictor", "xgbb"], "Unknown predictor 'xgbb'. Did you mean 'xgb'?"),
        (["--target", "score", "--n", "240"], "n_train must be in 1..239, but is 240"),
        (["--target", "gap", "--n", "500"], "n_train must be in 1..199, but is 500"),
        (["--target", "score", "--n", "3"], "graphs must hold at least"),
        (["--target", "score", "--predictor", "gp", "--prior", "p.agp"], "--prior is for --predictor transfer; for gp"),
        (["--target", "score", "--predictor", "transfer"], "prior must be given: a Prior, or the file of one"),
        (["--target", "score", "--param", "sede=3"], "Unknown parameter 'sede'. Did you mean 'seed'?"),
        (["--target", "score", "--param", "rounds=0"], "rounds must be a whole number at least 1, but is 0"),
        (["--target", "score", "--predictor", "gnn", "--param", "epochs=0"], "epochs must be a whole number"),
        (["--target", "score", "--param", "seed"], "--param must be NAME=VALUE, but is 'seed'"),
        (["--target", "score", "--operators", "no.json"], "No such file or directory: no.json"),
        (["--target", "score", "-o", "no/m.agp"], "cannot write 'no/m.agp': there is no folder"),
    ],
)
def test_bad_input_is_refused(
    refused, bench: Path, arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("fit", bench, *arguments).startswith(line)
    assert list(tmp_path.iterdir()) == []

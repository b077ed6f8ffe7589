from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest
from rich.console import Console

from archgraph import metrics
from archgraph.cli.rank import summary
from archgraph.data import ArchTable
from archgraph.predictors import XGBoostPredictor


def test_records_are_those_of_the_protocol(run, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "score,time", "--predictors", "xgb", "--sizes", "40", "--seeds", 2, "--metrics", "tau,rmse")
    found = run("rank", bench, *asked, "--json", "-", "--page", tmp_path / "r.html").json
    assert [(r["task"], r["method"], r["size"], r["seed"], r["metric"], r["unit"]) for r in found] == [
        (f"cells/{column}", "xgb", 40, seed, metric, unit)
        for column, its in (("score", "%"), ("time", "ms"))
        for seed in (0, 1)
        for metric, unit in (("tau", ""), ("rmse", its))
    ]
    train, test = ArchTable.load(bench).split(40, seed=1)
    model = XGBoostPredictor(seed=1).fit(train.graphs, train["score"])
    assert found[2]["value"] == pytest.approx(metrics.kendall_tau(model.predict(test.graphs), test["score"]))
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_people_read_medians() -> None:
    records = [
        {"task": "t/x", "method": "xgb", "size": 9, "seed": seed, "metric": "tau", "value": value, "unit": ""}
        for seed, value in enumerate([0.5, 0.7, 0.6, None])
    ]
    console = Console(width=200)
    with console.capture() as shown:
        console.print(summary(records, ["tau", "rmse"]))
    assert [line.split() for line in shown.get().splitlines() if "t/x" in line] == [["t/x", "xgb", "9", "0.6"]]


def test_the_public_benchmark_is_ranked_as_well_as_promised(run, mirror: Path) -> None:
    asked = ("--target", "val_acc", "--predictors", "xgb", "--sizes", "128", "--metrics", "tau")
    found = run("rank", "nb201-cifar10", *asked, "--json", "-").json
    assert len(found) == 3
    assert median(record["value"] for record in found) >= 0.75


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--target", "scroe"], "Unknown column 'scroe'. Did you mean 'score'?"),
        (["--target", "score", "--predictors", "xgb,gmn"], "Unknown predictor 'gmn'. Did you mean 'gnn'?"),
        (["--target", "score", "--predictors", "no_such:Thing"], "predictor 'no_such:Thing' cannot be imported"),
        (["--target", "score", "--sizes", "240"], "n_train must be in 1..239, but is 240"),
        (["--target", "score", "--sizes", "x"], "--sizes must be positive whole numbers"),
        (["--target", "score", "--metrics", "taw"], "Unknown metric 'taw'. Did you mean 'tau'?"),
    ],
)
def test_bad_input_is_refused(refused, bench: Path, arguments: list[str], line: str) -> None:
    assert refused("rank", bench, *arguments).startswith(line)

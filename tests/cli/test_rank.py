from __future__ import annotations

from pathlib import Path
from statistics import median

import numpy as np
import pytest
from rich.console import Console

from archgraph import metrics
from archgraph.cli.rank import summary
from archgraph.data import ArchTable
from archgraph.predictors import XGBoostPredictor


def test_records_are_those_of_the_protocol(run, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "score,time", "--predictors", "xgb", "--sizes", "40", "--seeds", 2, "--metrics", "tau,rmse")
    files = {name: tmp_path / name for name in ("--page", "--figure", "--markdown")}
    paths = [part for pair in files.items() for part in pair]
    found = run("rank", bench, *asked, "--json", "-", *paths).json
    assert [(r["task"], r["method"], r["size"], r["seed"], r["metric"], r["unit"]) for r in found] == [
        (f"cells/{column}", "xgb", 40, seed, metric, unit)
        for column, its in (("score", "%"), ("time", "ms"))
        for seed in (0, 1)
        for metric, unit in (("tau", ""), ("rmse", its))
    ]
    train, test = ArchTable.load(bench).split(40, seed=1)
    model = XGBoostPredictor(seed=1).fit(train.graphs, train["score"])
    assert found[2]["value"] == pytest.approx(metrics.kendall_tau(model.predict(test.graphs), test["score"]))
    assert files["--page"].read_text().startswith("<!doctype html>")
    assert files["--figure"].read_bytes().startswith(b"\x89PNG")
    assert "| predictor | tau at 40 |" in files["--markdown"].read_text()
    assert "| at 40 rows | rmse (ms) |" in files["--markdown"].read_text()


def test_the_metrics_asked_for_are_in_table_markdown_and_page(run, bench: Path, tmp_path: Path) -> None:
    page, markdown = tmp_path / "page.html", tmp_path / "rank.md"
    asked = ("--predictors", "xgb", "--sizes", "40", "--seeds", 1, "--page", page, "--markdown", markdown)
    shown = run("rank", f"{bench}", "--target", "time", *asked, "--metric", "spearman,within10,mape").out
    (heads,) = [line.split() for line in shown.splitlines() if "predictor" in line]
    assert heads == ["task", "predictor", "rows", "spearman", "range", "p", "within10", "mape"]
    assert [line for line in markdown.read_text().splitlines() if line.startswith(("| predictor", "| at"))] == [
        "| predictor | spearman at 40 |",
        "| at 40 rows | within10 | mape |",
    ]
    assert "within ±10 %" in page.read_text()
    assert "RMSE" not in page.read_text()


def test_a_file_is_gone_on_with_and_reported(run, refused, bench: Path, tmp_path: Path) -> None:
    kept = tmp_path / "runs.jsonl"
    asked = ("--predictors", "xgb", "--sizes", "40", "--metrics", "tau", "-o", kept, "--json", "-")
    first = run("rank", f"{bench}", "--target", "score", *asked, "--seeds", 1).json
    lines = kept.read_text().splitlines()
    assert len(lines) == 3
    more = run("rank", f"{bench}", "--target", "score", *asked, "--seeds", 2).json
    assert more[0] == first[0]
    assert kept.read_text().splitlines()[:3] == lines
    assert len(kept.read_text().splitlines()) == 4
    assert run("report", kept, "-o", tmp_path / "page.html").code == 0
    assert "cells/score" in (tmp_path / "page.html").read_text()
    other = ArchTable.load(bench).take(slice(200))
    other.save(tmp_path / "other.npz")
    assert "of another table" in refused("rank", tmp_path / "other.npz", "--target", "score", *asked)


def test_a_table_is_not_replaced(refused, bench: Path) -> None:
    before = bench.read_bytes()
    for option in ("--out", "--page", "--figure", "--markdown"):
        assert refused("rank", f"{bench}/score", option, bench).startswith(f"{option} '{bench}' would replace")
    assert bench.read_bytes() == before


def test_several_tables_and_a_column_that_splits(run, bench: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    columns = dict(table.columns) | {"train": (np.arange(240) < 100).astype(float)}
    for name in ("one", "two"):
        ArchTable(table.space, table.genotypes, columns, source={"name": name}).save(tmp_path / f"{name}.npz")
    asked = ("--predictors", "xgb", "--split", "train", "--seeds", 1, "--json", "-", "--target", "time")
    found = run("rank", tmp_path / "one.npz/score", tmp_path / "two.npz", *asked).json
    assert {(r["task"], r["size"]) for r in found} == {("one/score (train)", 100), ("two/time (train)", 100)}
    assert [r["metric"] for r in found[:3]] == ["rmse_standardised", "pearson", "tau"]


def test_people_read_medians_ranges_tests_and_peers() -> None:
    records = [
        {"task": "t/x", "method": method, "size": 9, "seed": seed, "metric": "tau", "value": value, "unit": ""}
        for method, less in (("xgb", 0.0), ("gp", 0.25))
        for seed, value in enumerate([0.5 - less, 0.75 - less, 0.625 - less, None])
    ]
    peer = {"task": "t/x", "method": "They", "size": 9, "metric": "tau", "value": 0.7, "source": "measured"}
    console = Console(width=200)
    with console.capture() as shown:
        console.print(summary(records, ["tau", "rmse"], [peer]))
    assert [line.split() for line in shown.get().splitlines() if "t/x" in line] == [
        ["t/x", "xgb", "9", "0.625", "0.5", "to", "0.75", "-"],
        ["t/x", "gp", "9", "0.375", "0.25", "to", "0.5", "0.25"],
        ["t/x", "They", "(measured)", "9", "0.7", "-", "-"],
    ]


def test_a_metric_without_values_leads_no_table() -> None:
    values = (("mape", None), ("tau", 0.5))
    records = [
        {"task": "t/x", "method": "xgb", "size": 9, "seed": 0, "metric": metric, "value": value, "unit": ""}
        for metric, value in values
    ]
    console = Console(width=200)
    with console.capture() as shown:
        console.print(summary(records, ["mape", "tau"]))
    assert "of tau the range" in shown.get()
    assert "mape" not in shown.get()


def test_the_public_benchmark_is_ranked_as_well_as_promised(run, mirror: Path) -> None:
    asked = ("--predictors", "xgb", "--sizes", "128", "--metrics", "tau")
    done = run("rank", "nb201-cifar10/val_acc", *asked, "--json", "-")
    assert len(done.json) == 3
    assert median(record["value"] for record in done.json) >= 0.75
    assert "FLAN (measured)" in done.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--target", "scroe"], "Unknown column 'scroe'. Did you mean 'score'?"),
        (["--target", "score", "--predictors", "xgb,gmn"], "Unknown predictor 'gmn'. Did you mean 'gnn'?"),
        (["--target", "score", "--predictors", "no_such:Thing"], "predictor 'no_such:Thing' cannot be imported"),
        (["--target", "score", "--sizes", "240"], "sizes must be in 1..239 for cells/score, but has 240"),
        (["--target", "score", "--sizes", "x"], "--sizes must be positive whole numbers"),
        ([], "the column to predict of"),
        (["--target", "score", "--split", "time"], "column 'time' must be 1 in training rows and 0 in test rows"),
        (["--metrics", "taw"], "Unknown metric 'taw'. Did you mean 'tau'? Known: tau, spearman, pearson, rmse,"),
    ],
)
def test_bad_input_is_refused(refused, bench: Path, arguments: list[str], line: str) -> None:
    assert refused("rank", bench, *arguments).startswith(line)


def test_columns_beside_the_graph_are_seen(run, refused, bench: Path) -> None:
    asked = ("--predictors", "gp", "--sizes", "100", "--seeds", 1, "--metrics", "tau", "--json", "-")
    (blind,) = run("rank", f"{bench}", "--target", "gap", *asked).json
    (seeing,) = run("rank", f"{bench}", "--target", "gap", "--inputs", "sco*", *asked).json
    assert (blind["task"], seeing["task"]) == ("cells/gap", "cells/gap + sco*")
    # the score is the gap wherever that is known
    assert seeing["value"] > blind["value"] + 0.05
    assert seeing["value"] > 0.95
    line = refused("rank", bench, "--target", "score", "--inputs", "score,time", *asked)
    assert line.startswith("inputs of cells/score + score + time must not hold what is to be predicted")

"""Runs that are kept."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from archgraph.bench import RankTask
from archgraph.bench.kept_study import keep_runs, kept_records, runs_file
from archgraph.bench.publish import read_records
from archgraph.bench.run import Run


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Makes runs without training; the second seed is killed when ``made`` holds three runs."""
    runs: list[Run] = []

    def pretend(run: Run, task: RankTask) -> dict[str, float | None]:
        if len(runs) == 3:
            runs.append(run)
            raise KeyboardInterrupt
        runs.append(run)
        return {"tau": run.size + run.seed / 10 + len(runs)}

    monkeypatch.setattr(import_module("archgraph.bench.rank"), "measured", pretend)
    return runs


def test_what_was_stopped_goes_on_and_predictors_are_made_again(
    task: RankTask, made: list[Run], tmp_path: Path
) -> None:
    out = tmp_path / "results" / "toy.json"
    assert runs_file(out) == tmp_path / "results" / "toy" / "runs.jsonl"
    with pytest.raises(KeyboardInterrupt):
        keep_runs(out, [task], ["xgb", "gp"], 1, 1)
    assert len(read_records(out)) == 3
    told: list[int] = []
    records = keep_runs(out, [task], ["xgb", "gp"], 1, 1, progress=lambda what, done, total: told.append(done))
    assert len(records) == 4
    assert len(made) == 5
    assert told[-1] == 4
    assert read_records(out) == records == kept_records(out)
    again = keep_runs(out, [task], ["xgb", "gp"], 1, 1, again=["gp"])
    assert len(made) == 7
    assert [one["value"] == two["value"] for one, two in zip(again, records, strict=True)].count(True) == 2


def test_records_without_runs_are_read(task: RankTask, made: list[Run], tmp_path: Path) -> None:
    out = tmp_path / "toy.json"
    records = keep_runs(out, [task], ["xgb"], 1, 1)
    runs_file(out).unlink()
    assert kept_records(out) == records

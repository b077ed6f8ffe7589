from __future__ import annotations

import os
import shlex
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

import archgraph as ag
from archgraph.data import ArchTable
from archgraph.search import Study

GOALS = ("--objectives", "score:max,time:min")
SMALL = ("--train-rows", 60, "--candidates", 400, "--budget", 3, "--json", "-")


def test_the_chosen_are_verified_in_the_table(run, bench: Path, tmp_path: Path) -> None:
    found = run("search", bench, *GOALS, *SMALL, "--verifier", "table", "--study", tmp_path / "s.db").json
    table = ArchTable.load(bench)
    rows = {table.space.format(genotype): row for row, genotype in enumerate(table.genotypes)}
    assert len(found["architectures"]) == 3
    for entry in found["architectures"]:
        row = rows.get(entry["architecture"])
        if row is None:
            assert entry["verified"] == {"score": None, "time": None}
            assert entry["reason"] == "the table has no such architecture"
        else:
            assert entry["verified"] == {"score": table["score"][row], "time": table["time"][row]}
    assert found["settings"]["objectives"] == ["score:max", "time:min"]


def test_what_formulas_answer_is_not_predicted(run, bench: Path) -> None:
    found = run("search", bench, "--objectives", "score:max,macs:min", "--constraint", "params<=500000", *SMALL).json
    searched = ArchTable.load(bench).space
    for entry in found["architectures"]:
        costs = searched.costs(entry["genotype"])
        assert entry["predicted"]["macs"] == costs["macs"][0]
        assert entry["predicted"]["params"] == costs["params"][0] <= 500_000
    assert found["verification"] is None


def test_a_table_without_costs_verifies_them_by_formula(run, bench: Path, tmp_path: Path) -> None:
    goals = ("--objectives", "score:max,macs:min", "--constraint", "params<=900000", "--verifier", "table", "--random")
    small = ("--strategy", "evolution", *SMALL[-4:])
    found = run("search", bench, *goals, *small, "--study", tmp_path / "s.db").json
    assert found["verification"]["verified"] == 3
    assert found["verification"]["failed"] == 0
    assert found["verification"]["share"] is not None
    assert run("report", tmp_path / "s.db", "-o", tmp_path / "r.html").code == 0


def test_saved_predictors_search_a_space_without_a_table(run, bench: Path, tmp_path: Path) -> None:
    run("fit", bench, "--target", "score", "-o", tmp_path / "m.agp", "--quiet")
    models = f"score={os.path.relpath(tmp_path / 'm.agp')}"
    found = run("search", "nb201", "--objectives", "score:max,macs:min", "--predictors", models, *SMALL[2:]).json
    assert len(found["architectures"]) == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--objectives", "scroe:max"], "Unknown column 'scroe'. Did you mean 'score'?"),
        (["--objectives", "score"], "'score' is no objective; write COLUMN:max or COLUMN:min"),
        ([*GOALS, "--constraint", "time"], "'time' is no constraint; write COLUMN<=NUMBER"),
        ([*GOALS, "--predictors", "xgbb"], "Unknown predictor 'xgbb'. Did you mean 'xgb'?"),
        ([*GOALS, "--predictors", "score=no.agp,time="], "--predictors must be a kind, or COLUMN=FILE"),
        ([*GOALS, "--predictors", "score=no.agp,time=no.agp"], "cannot read"),
        ([*GOALS, "--verifier", "tabel"], "Unknown verifier 'tabel'. Did you mean 'table'?"),
        ([*GOALS, "--train-rows", "900"], "n_train must be in 1..239, but is 900"),
        ([*GOALS, "--verifier", "supernet"], "Unknown data set with a supernet"),
        ([*GOALS, "--study", "no/s.db"], "cannot write 'no/s.db': there is no folder"),
    ],
)
def test_bad_input_is_refused(
    refused, bench: Path, arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("search", bench, *arguments).startswith(line)
    assert list(tmp_path.iterdir()) == []


def test_places_that_are_not_there_are_refused(refused) -> None:
    assert refused("search", "nb-201", *GOALS).startswith(
        "Unknown table or search space 'nb-201'. Did you mean 'nb201'?"
    )
    assert "there is no table to train a predictor of 'score' on" in refused("search", "mbv3", *GOALS)
    assert "--verifier table needs a table" in refused("search", "mbv3", *GOALS, "--verifier", "table")


def test_other_files_are_no_studies(refused, bench: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    (tmp_path / "text.db").write_text("no database at all, though long enough to be looked at" * 20)
    for name in ("other.db", "text.db"):
        assert "no study" in refused("search", bench, *GOALS, "--study", tmp_path / name)


def test_an_iterative_search_learns_from_what_it_verifies(run, refused, mirror: Path, tmp_path: Path) -> None:
    asked = ("search", "nb201-cifar10", "--strategy", "iterative", "--objectives", "val_acc:max,params:min")
    line = refused(*asked)
    assert line.startswith("strategy 'iterative' learns from what is verified, so it needs a verifier")
    path = tmp_path / "study.db"
    more = ("--budget", 18, "--verifier", "table", "--candidates", 200, "--study", path)
    done = run(*asked, *more)
    assert done.code == 0, done.err
    with Study(path) as study:
        assert study.count("predicted") == 0
        assert study.count("verified") == 18
        # params are computed, never predicted
        assert list(study.note("predictors")) == ["val_acc"]
    assert run("resume", path).code == 0
    assert run("report", path, "-o", tmp_path / "page.html").code == 0


def test_an_iterative_search_begins_with_rows_of_the_table_and_ends_when_told(
    run, refused, bench: Path, tmp_path: Path
) -> None:
    asked = ("search", bench, *GOALS, "--verifier", "table", "--strategy")
    path = tmp_path / "study.db"
    more = ("--train-rows", 60, "--candidates", 400, "--budget", 12, "--study", path)
    ended = run(*asked, "iterative", *more, "--timeout", 0)
    assert ended.code == 0
    assert f"ended after 0 s with 0 of 12 verified; 'archgraph resume {path}' goes on" in ended.err
    assert "goes on" not in run("resume", path, "--timeout", 600).err
    with Study(path) as study:
        chosen = study.records("chosen")
        assert study.count("verified") == 12
    assert chosen.steps[6] == 0  # the first round is of one for eight rows, and foreseen
    assert np.isfinite(chosen.values["score"]).all()
    few = run(*asked, "iterative", *more[:-2], "--min-gain", 0.5, "--json", "-").json
    assert len(few["architectures"]) < 12
    assert refused(*asked, "nsga2", "--train-rows", 60) == (
        "strategy 'nsga2' learns from what it is told alone; leave labelled rows out"
    )


def test_a_searcher_alone_is_told_what_is_verified(run, refused, bench: Path, tmp_path: Path) -> None:
    asked = ("search", bench, *GOALS, "--strategy", "evolution", "--budget", 12)
    assert refused(*asked).startswith("strategy 'evolution' learns from what is verified, so it needs a verifier")
    assert "takes no predictors" in refused(*asked, "--verifier", "table", "--predictors", "xgb")
    path = tmp_path / "study.db"
    more = ("--verifier", "table", "--population", 4, "--random", "--study", path)
    found = run(*asked, *more, "--json", "-").json
    assert found["scored"] == 0
    assert found["settings"]["population"] == 4
    scores = [entry["verified"]["score"] for entry in found["architectures"] if entry["reason"] is None]
    assert scores == sorted(scores, reverse=True)
    shown = run("resume", path)
    assert shown.code == 0
    assert "score verified" in shown.out
    assert "predicted" not in shown.out
    assert "evolution" in shown.out
    assert run("report", path, "-o", tmp_path / "page.html").code == 0
    assert "genotypes of nb201 were verified, led by the evolution strategy" in (tmp_path / "page.html").read_text()


def test_bananas_trains_the_predictors_that_it_is_given(run, bench: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    asked = ("search", bench, *GOALS, "--strategy", "bananas", "--budget", 8, "--population", 4, "--verifier", "table")
    assert run(*asked, "--predictors", "forest", "--study", path, "--quiet").code == 0
    with Study(path) as study:
        assert list(study.note("predictors")) == ["score", "time"]
        assert study.count("verified") == 8


def test_a_program_verifies(run, refused, tmp_path: Path) -> None:
    code = (
        "import json, sys; told = list(json.load(sys.stdin).values());"
        "print(json.dumps({'ones': told.count(sys.argv[1])}))"
    )
    command = shlex.join([sys.executable, "-S", "-E", "-c", code, "nor_conv_1x1"])
    asked = ("search", "nb201", "--objectives", "ones:max,params:min", "--strategy", "random", "--budget", 5)
    found = run(*asked, "--command", command, "--study", tmp_path / "s.db", "--json", "-").json
    space = ag.space("nb201")
    for entry in found["architectures"]:
        told = space.to_config(entry["genotype"])
        assert entry["verified"]["ones"] == list(told.values()).count("nor_conv_1x1")
        assert entry["verified"]["params"] == space.costs(entry["genotype"])["params"][0]
    again = run(*asked, "--command", command, "--workers", 3, "--json", "-").json
    assert [one["genotype"] for one in again["architectures"]] == [one["genotype"] for one in found["architectures"]]
    assert run("resume", tmp_path / "s.db", "--workers", 2).code == 0
    assert run("verify", tmp_path / "s.db").code == 0
    line = refused(*asked, "--command", "no-such-program")
    assert line == "command 'no-such-program' is no program that can be started; give its path"


def test_workers_are_for_programs_and_clusters(refused, bench: Path) -> None:
    asked = ("search", bench, *GOALS, "--verifier", "table", "--workers")
    assert refused(*asked, "2").startswith("--workers 2 needs --command or ray://HOST:PORT; of the verifier 'table' a")

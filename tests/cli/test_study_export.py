from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from archgraph.cli.study_export import columns, lines, write_parquet
from archgraph.evaluators import Evaluation
from archgraph.search import Study
from archgraph.spaces import space

SPACE = space("nb201")
GENOTYPES = SPACE.sample_distinct(3, np.random.default_rng(0))
GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 3)


@pytest.fixture
def study() -> Study:
    """Two chosen, verified in the other order, one of them in vain; one random."""
    settings = {"space": "nb201", "objectives": ["acc:max"], "constraints": ["params<=1e9"], "seed": 0}
    made = Study(None, settings)
    predicted = Evaluation({"acc": [90.0, 80.0], "params": [5.0, 6.0]}, std={"acc": [1.0, 2.0]})
    made.add("chosen", 0, GENOTYPES[:2], predicted, "model")
    made.add("verified", 1, GENOTYPES[1:2], Evaluation({"acc": [np.nan], "params": [6.0]}, {0: "it burned"}), "truth")
    made.add("verified", 0, GENOTYPES[:1], Evaluation({"acc": [88.5], "params": [5.0]}), "truth", seconds=2.0)
    made.add("random", 0, GENOTYPES[2:], Evaluation({"acc": [60.0], "params": [7.0]}), "truth")
    return made


def test_every_verified_architecture_is_a_line(study: Study) -> None:
    found = lines(study, SPACE)
    measured = ["acc", "acc_predicted", "acc_std", "params", "params_predicted", "params_std"]
    assert columns(study) == ["architecture", "config", "phase", "step", *measured, "seconds", "evaluator", "reason"]
    assert all(sorted(line) == sorted(columns(study)) for line in found)
    first, second, third = found
    assert first["architecture"] == SPACE.format(GENOTYPES[0])
    assert SPACE.from_config(json.loads(first["config"])).tolist() == GENOTYPES[0].tolist()
    assert [first[name] for name in measured] == [88.5, 90.0, 1.0, 5.0, 5.0, None]
    assert (first["phase"], first["step"], first["seconds"], first["evaluator"]) == ("verified", 0, 2.0, "truth")
    assert [second[name] for name in measured] == [None, 80.0, 2.0, 6.0, 6.0, None]
    assert [line["reason"] for line in found] == [None, "it burned", None]
    assert [third[name] for name in ("phase", *measured)] == ["random", 60.0, None, None, 7.0, None, None]


def test_parquet_holds_the_same(study: Study, tmp_path: Path) -> None:
    from pyarrow import parquet

    write_parquet(study, SPACE, tmp_path / "s.parquet")
    made = parquet.read_table(tmp_path / "s.parquet")
    assert made.column_names == columns(study)
    assert made.to_pylist() == [{name: line[name] for name in columns(study)} for line in lines(study, SPACE)]
    assert str(made.schema.field("acc").type) == "double"


def test_parquet_without_pyarrow_is_one_clear_line(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"Parquet files need pyarrow; install it with: pip install 'archgraph\[pa"):
        write_parquet(study, SPACE, tmp_path / "s.parquet")


def test_the_command_exports_a_study(
    run, refused, bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run("search", bench, *GOALS, "--verifier", "table", "--study", "s.db", "--json", "-").json
    asked = ("report", "s.db", "--csv", "s.csv", "--parquet", "s.parquet")
    assert run(*asked).out.split() == ["s.csv", "s.parquet"]
    assert not Path("report.html").exists()
    text = Path("s.csv").read_text()
    assert run("report", "s.db", "--csv", "-").out == text
    rows = list(csv.DictReader(text.splitlines()))
    verified = {entry["architecture"]: entry for entry in found["architectures"]}
    assert sorted(row["architecture"] for row in rows) == sorted(verified)
    for row in rows:
        entry = verified[row["architecture"]]
        assert float(row["score_predicted"]) == entry["predicted"]["score"]
        assert row["score"] == ("" if entry["verified"]["score"] is None else str(entry["verified"]["score"]))
    done = run("report", "s.db", "--csv", "s.csv", "-o", "r.html", "--json", "-").json
    assert done == {"page": str(tmp_path / "r.html"), "csv": str(tmp_path / "s.csv")}
    assert "cannot both have stdout" in refused("report", "s.db", "--csv", "-", "--json", "-")
    assert "--csv 's.db' would replace 's.db', which is read; choose another file" in refused(
        "report", "s.db", "--csv", "s.db"
    )
    Path("r.json").write_text("[]")
    assert "export studies, but 'r.json' holds records" in refused("report", "r.json", "--csv", "r.csv")

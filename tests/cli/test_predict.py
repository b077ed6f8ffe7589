from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from archgraph import load_predictor
from archgraph.data import ArchTable
from archgraph.predictors import XGBoostPredictor


@pytest.fixture(scope="module")
def model(bench: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = ArchTable.load(bench)
    path = tmp_path_factory.mktemp("model") / "m.agp"
    XGBoostPredictor(seed=0).fit(table.graphs, table["score"]).save(path)
    return path


def test_rows_of_a_table_come_as_csv(run, bench: Path, model: Path) -> None:
    table = ArchTable.load(bench)
    rows = list(csv.DictReader(io.StringIO(run("predict", model, "--table", bench, "--std").out)))
    mean, std = load_predictor(model).predict(table.graphs, return_std=True)
    assert [row["architecture"] for row in rows] == [table.space.format(genotype) for genotype in table.genotypes]
    assert np.array([float(row["predicted"]) for row in rows]) == pytest.approx(mean)
    assert np.array([float(row["std"]) for row in rows]) == pytest.approx(std)


def test_architectures_of_a_file_are_predicted(run, bench: Path, model: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    texts = [table.space.format(genotype) for genotype in table.genotypes[:3]]
    (tmp_path / "archs.txt").write_text("\n".join(texts) + "\n\n")
    found = run("predict", model, "--archs", tmp_path / "archs.txt", "--space", "nb201", "--json", "-").json
    assert [entry["architecture"] for entry in found] == texts
    assert [entry["predicted"] for entry in found] == pytest.approx(load_predictor(model).predict(table.graphs[:3]))


def test_graphs_of_a_file_are_predicted(run, bench: Path, model: Path, tmp_path: Path) -> None:
    graphs = ArchTable.load(bench).graphs[:2]
    (tmp_path / "g.json").write_text(json.dumps([graph.to_json() for graph in graphs]))
    assert run("predict", model, "--archs", tmp_path / "g.json", "-o", tmp_path / "p.csv").out == ""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "p.csv").read_text())))
    assert [row["architecture"] for row in rows] == [graph.fingerprint() for graph in graphs]


def test_bad_input_is_refused(refused, bench: Path, model: Path, tmp_path: Path) -> None:
    assert refused("predict", model) == "give either --table or --archs"
    (tmp_path / "archs.txt").write_text("|nor_conv_3x3~0|\n")
    assert "needs --space" in refused("predict", model, "--archs", tmp_path / "archs.txt")
    line = refused("predict", model, "--archs", tmp_path / "archs.txt", "--space", "nb201")
    assert "archs.txt line 1: '|nor_conv_3x3~0|' is no architecture of 'nb201'" in line
    (tmp_path / "archs.txt").write_text("\n")
    assert "holds no architecture" in refused("predict", model, "--archs", tmp_path / "archs.txt", "--space", "nb201")
    (tmp_path / "g.json").write_text("[1")
    assert "g.json line 1 is no JSON" in refused("predict", model, "--archs", tmp_path / "g.json")
    (tmp_path / "g.json").write_text("[]")
    assert "holds no architecture" in refused("predict", model, "--archs", tmp_path / "g.json")
    good = {"nodes": [{"op": "input"}, {"op": "output"}], "edges": [[0, 1]]}
    (tmp_path / "g.json").write_text(json.dumps([good, {"nodes": [{"op": "inputt"}], "edges": []}]))
    assert "g.json graph 2: Unknown operation 'inputt'" in refused("predict", model, "--archs", tmp_path / "g.json")
    (tmp_path / "g.json").write_bytes(b"\xff\xfe")
    assert "g.json' is no text: invalid start byte at byte 0" in refused(
        "predict", model, "--archs", tmp_path / "g.json"
    )


def test_what_is_read_is_not_replaced(refused, bench: Path, model: Path, tmp_path: Path) -> None:
    table, lines = ArchTable.load(bench), tmp_path / "archs.txt"
    lines.write_text(table.space.format(table.genotypes[0]))
    before = [path.read_bytes() for path in (model, bench, lines)]
    for asked in (("--table", bench, "-o", model), ("--table", bench, "-o", bench)):
        assert "which is read; choose another file" in refused("predict", model, *asked)
    line = refused("predict", model, "--archs", lines, "--space", "nb201", "-o", lines)
    assert line == f"--out '{lines}' would replace '{lines}', which is read; choose another file"
    assert [path.read_bytes() for path in (model, bench, lines)] == before


@pytest.mark.parametrize("cut", [0.0, 0.5, 0.99])
def test_a_truncated_model_is_refused(refused, bench: Path, model: Path, tmp_path: Path, cut: float) -> None:
    whole = model.read_bytes()
    (tmp_path / "m.agp").write_bytes(whole[: int(cut * len(whole))])
    assert "is damaged or no predictor" in refused("predict", tmp_path / "m.agp", "--table", bench)


def test_columns_beside_the_graph_come_from_the_table(run, refused, bench: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.agp"
    fitted = run("fit", bench, "--target", "gap", "--n", 60, "--inputs", "sco*", "-o", model, "--json", "-").json
    assert fitted["card"]["inputs"] == ["score"]
    assert fitted["scores"]["tau"] > 0.9
    table = ArchTable.load(bench)
    found = run("predict", model, "--table", bench, "--json", "-").json
    predicted = load_predictor(model).predict(table.graphs_for("acc", "score"))
    assert [entry["predicted"] for entry in found] == pytest.approx(predicted)
    (tmp_path / "archs.txt").write_text(table.space.format(table.genotypes[0]))
    line = refused("predict", model, "--archs", tmp_path / "archs.txt", "--space", "nb201")
    assert line.startswith("graphs must have the column 'score', as those in training had")
    line = refused("fit", bench, "--target", "gap", "--inputs", "gap", "-o", tmp_path / "n.agp")
    assert line == "--inputs must not hold the column to predict, but 'gap' holds 'gap'"

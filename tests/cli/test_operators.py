from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable, load
from archgraph.latency import LatencyTable, OperatorSum, OperatorTimes, measure_into, operator_networks
from archgraph.latency.export import write_csv
from archgraph.latency.operator_times import OPERATORS
from archgraph.predictors import load_predictor
from archgraph.spaces import space
from tests.devices import Priced

NAME = "nb201"
CELLS = space(NAME)


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Operators of ten cells."""
    path = tmp_path_factory.mktemp("times") / "operators.db"
    cells = CELLS.sample_distinct(10, np.random.default_rng(0))
    with LatencyTable(path, OPERATORS) as table:
        measure_into(table, "latency_ms", Priced(), operator_networks(CELLS.network(row) for row in cells))
    return path


def test_operators_are_measured_once(run, tmp_path: Path) -> None:
    quick = ("--rounds", "1", "--param", "repeats=1", "--param", "warm_up=0", "-o", tmp_path / "o.db")
    first = run("measure", NAME, "--n", "2", "--operators", *quick, "--json", "-").json
    texts = {entry["architecture"] for entry in first["architectures"]}
    cells = CELLS.sample_distinct(2, np.random.default_rng(0))
    assert texts == set(operator_networks(CELLS.network(row) for row in cells))
    again = run("measure", NAME, "--n", "2", "--operators", *quick, "--export", tmp_path / "o.csv", "--json", "-").json
    assert (again["measured"], again["kept"]) == (0, len(texts))
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 1 + len(texts)
    assert run("operators", tmp_path / "o.db", NAME, "--n", "1").code == 0


def test_sums_come_as_csv_and_say_what_was_interpolated(run, times: Path, tmp_path: Path) -> None:
    done = run("operators", times, NAME, "--n", "3", "--seed", "5")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    cells = CELLS.sample_distinct(3, np.random.default_rng(5))
    assert [row["architecture"] for row in rows] == [CELLS.format(cell) for cell in cells]
    with LatencyTable(times) as table:
        expected = OperatorSum(OperatorTimes.of_table(table, "latency_ms")).sums(map(CELLS.network, cells))
    assert [float(row["operators_ms"]) for row in rows] == expected.milliseconds.tolist()
    assert [int(row["interpolated"]) for row in rows] == expected.interpolated.tolist()
    assert "operators that were held out are told to" in done.err
    told = run("operators", times, NAME, "--n", "3", "--seed", "5", "--json", "-", "-o", tmp_path / "a.csv").json
    assert [row["operators"] for row in told] == expected.operators.tolist()
    assert list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text()))) == rows


def test_measured_networks_teach_the_factor_which_is_kept(run, times: Path, tmp_path: Path) -> None:
    cells = CELLS.sample_distinct(8, np.random.default_rng(1))
    lines = [f"{CELLS.format(cell)},{1.5 * Priced().milliseconds(CELLS.network(cell))}" for cell in cells]
    (tmp_path / "m.csv").write_text("\n".join(["architecture,latency_ms", *lines]))
    kept = tmp_path / "sum.json"
    asked = ("operators", times, NAME, "--n", "3", "--measurements", tmp_path / "m.csv", "--save", kept, "--json", "-")
    done = run(*asked)
    assert "8 measured networks differ from plain sums by 33" in done.err.replace("\n", " ")
    for row in done.json:
        network = CELLS.network(CELLS.parse(row["architecture"]))
        assert row["operators_ms"] == pytest.approx(1.5 * Priced().milliseconds(network), rel=0.01)
    assert run("operators", kept, NAME, "--n", "3", "--json", "-").json == done.json


def test_the_column_that_was_measured_is_found_or_named(run, refused, times: Path, tmp_path: Path) -> None:
    cells = CELLS.sample_distinct(5, np.random.default_rng(1))
    with LatencyTable(tmp_path / "nets.db", NAME) as table:
        named = {CELLS.format(cell): partial(CELLS.network, cell) for cell in cells}
        measure_into(table, "onnx_ms", Priced(), named)
        write_csv(table, tmp_path / "five.csv")
    asked = ("operators", times, NAME, "--n", "2", "--json", "-", "--measurements")
    expected = run(*asked, tmp_path / "five.csv")
    assert "5 measured networks differ from plain sums by 0.0%" in " ".join(expected.err.split())
    header, *rows = (tmp_path / "five.csv").read_text().splitlines()
    (tmp_path / "two.csv").write_text("\n".join([f"{header},latency_ms", *(f"{row},0.5" for row in rows)]))
    assert run(*asked, tmp_path / "two.csv", "--measured", "onnx_ms").json == expected.json
    assert run(*asked, tmp_path / "two.csv").json != expected.json
    (tmp_path / "odd.csv").write_text("\n".join([f"{header},other_ms", *(f"{row},0.5" for row in rows)]))
    line = refused(*asked, tmp_path / "odd.csv")
    assert line.startswith(
        "odd.csv has no column 'latency_ms', and 'onnx_ms', 'other_ms' of numbers; name the one that"
    )
    line = refused(*asked, tmp_path / "odd.csv", "--measured", "ms")
    assert line.startswith("odd.csv: Unknown column 'ms'")
    (tmp_path / "odd.csv").write_text(f"architecture,onnx_ms\n{CELLS.format(cells[0])},0\n")
    assert refused(*asked, tmp_path / "odd.csv") == (
        "odd.csv line 2: onnx_ms is '0'; expected a number above 0 or an empty cell"
    )


def test_a_column_of_times_is_the_column_of_measurements(run, tmp_path: Path) -> None:
    cells = CELLS.sample_distinct(5, np.random.default_rng(1))
    with LatencyTable(tmp_path / "o.db", OPERATORS) as table:
        measure_into(table, "onnx_ms", Priced(), operator_networks(CELLS.network(cell) for cell in cells))
    truth = [Priced().milliseconds(CELLS.network(cell)) for cell in cells]
    rows = [f"{CELLS.format(cell)},9,{2 * time}" for cell, time in zip(cells, truth, strict=True)]
    (tmp_path / "m.csv").write_text("\n".join(["architecture,latency_ms,onnx_ms", *rows]))
    asked = ("operators", tmp_path / "o.db", NAME, "--column", "onnx_ms", "--measurements", tmp_path / "m.csv")
    found = run(*asked, "--arch", CELLS.format(cells[0]), "--json", "-").json
    assert found[0]["operators_ms"] == pytest.approx(2 * truth[0], rel=0.01)


def test_a_table_gets_a_column_that_predictors_take(run, times: Path, bench: Path, tmp_path: Path) -> None:
    out = tmp_path / "with.npz"
    assert run("operators", times, "--table", bench, "-o", out).code == 0
    before, after = ArchTable.load(bench), ArchTable.load(out)
    assert set(after.columns) == {*before.columns, "operators_ms"}
    assert (after.units["operators_ms"], after.goals["operators_ms"]) == ("ms", "min")
    model = tmp_path / "model.agp"
    fitted = run("fit", out, "--target", "time", "--n", "60", "--inputs", "operators_ms", "-o", model, "--json", "-")
    assert fitted.json["card"]["inputs"] == ["operators_ms"]
    assert fitted.json["scores"]["spearman"] > 0.9


def test_a_model_keeps_the_sums_that_it_is_told(run, tmp_path: Path) -> None:
    """On the embedded benchmark: from operators to a search, no table among what predicts."""
    table = load("digit-scenes")
    rows, others = table.split(40, seed=0)
    rows.save(tmp_path / "rows.npz")
    networks = operator_networks(rows.space.network(row) for row in rows.genotypes[:20])
    sums = OperatorSum(OperatorTimes({text: Priced().milliseconds(make()) for text, make in networks.items()}))
    sums.save(tmp_path / "sum.json")
    model = tmp_path / "lat.agp"
    asked = ("fit", tmp_path / "rows.npz", "--n", 30)
    fitted = run(
        *asked, "--target", "latency_ms", "--operators", tmp_path / "sum.json", "-o", model, "--json", "-"
    ).json
    assert fitted["card"]["inputs"] == ["operators_ms"]
    # from here on the model's file is enough
    (tmp_path / "sum.json").unlink()
    some = others.genotypes[:5]
    graphs = table.space.graphs(some).with_columns({"operators_ms": sums.operators_ms(table.space, some)})
    expected = load_predictor(model).predict(graphs).tolist()
    with pytest.raises(ValueError, match="graphs must have the column 'operators_ms', as those in training had"):
        load_predictor(model).predict(table.space.graphs(some))
    (tmp_path / "archs.txt").write_text("\n".join(table.space.format(row) for row in some))
    lines = ("--archs", tmp_path / "archs.txt", "--space", "digit-scenes", "--json", "-")
    assert [entry["predicted"] for entry in run("predict", model, *lines).json] == expected
    others.take(slice(5)).save(tmp_path / "five.npz")
    assert [
        entry["predicted"] for entry in run("predict", model, "--table", tmp_path / "five.npz", "--json", "-").json
    ] == expected
    search = ("search", "digit-scenes", "--objectives", "lat:min,params:max", "--candidates", 60, "--budget", 3)
    study = tmp_path / "s.db"
    found = run(*search, "--predictors", f"lat={model}", "--study", study, "--json", "-").json
    for entry in found["architectures"]:
        shown = table.space.graphs([entry["genotype"]]).with_columns(
            {"operators_ms": sums.operators_ms(table.space, [entry["genotype"]])}
        )
        assert entry["predicted"]["lat"] == pytest.approx(load_predictor(model).predict(shown)[0])
    again = run("resume", study, "--json", "-").json
    assert [entry["genotype"] for entry in again["architectures"]] == [
        entry["genotype"] for entry in found["architectures"]
    ]


def test_what_is_read_is_not_replaced(refused, times: Path, bench: Path) -> None:
    before = times.read_bytes(), bench.read_bytes()
    for asked in (
        (NAME, "--n", "1", "--save", times),
        (NAME, "--n", "1", "-o", times),
        ("--table", bench, "-o", bench),
    ):
        assert "which is read; choose another file" in refused("operators", times, *asked)
    assert (times.read_bytes(), bench.read_bytes()) == before


def test_bad_input(refused, times: Path, tmp_path: Path) -> None:
    assert refused("operators", times) == "give either a search space or --table"
    assert refused("operators", times, NAME).startswith(f"name architectures of '{NAME}': --arch TEXT")
    assert refused("operators", times, "--table", "a.npz", "--n", "2").endswith("of --table all rows are summed up")
    assert refused("operators", tmp_path / "no.db", NAME, "--n", "1").startswith("No such file or directory")
    assert refused("operators", times, NAME, "--n", "1", "--column", "x").startswith("Unknown column 'x'")
    (tmp_path / "x.json").write_text("{}")
    assert refused("operators", tmp_path / "x.json", NAME, "--n", "1").endswith(
        "is damaged or no sum of operators, which 'archgraph operators --save' writes: 'format'"
    )
    with LatencyTable(tmp_path / "nets.db", NAME) as table:
        table.begin("latency_ms", {"device": "said"})
    assert "holds times of 'nb201', not of operators" in refused("operators", tmp_path / "nets.db", NAME, "--n", "1")
    assert refused("measure", "--onnx", times, "--operators") == (
        "--operators takes networks of a search space or --table apart, no ONNX files"
    )
    assert refused("measure", NAME, "--n", "1", "--operators", "--export", tmp_path / "a.npz").startswith(
        "--export must end in .csv for operators: a table is of architectures of a space"
    )

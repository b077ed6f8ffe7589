"""``archgraph adapt``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.metrics import spearman
from archgraph.predictors import load_predictor


@pytest.fixture
def devices(run, bench: Path, tmp_path: Path) -> Path:
    path = tmp_path / "devices.agp"
    assert run("fit", bench, "--devices", "time", "-o", path).code == 0
    return path


def measured(bench: Path, path: Path, rows: int = 6) -> Path:
    table = ArchTable.load(bench)
    lines = [f"{table.space.format(table.genotypes[row])},{float(2.5 * table['time'][row])}" for row in range(rows)]
    path.write_text("\n".join(["architecture,latency_ms", *lines]) + "\n")
    return path


def test_few_measurements_make_a_model(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    asked = ("adapt", devices, "--measurements", measured(bench, tmp_path / "six.csv"), "-o", tmp_path / "m.agp")
    found = run(*asked, "--json", "-").json
    assert found["card"]["n"] == 6
    assert found["card"]["target"] == "latency_ms"
    assert found["card"]["known_devices"]["time"] > 0.3
    model, table = load_predictor(tmp_path / "m.agp"), ArchTable.load(bench)
    predicted = model.predict(table.graphs)
    assert spearman(predicted, table["time"]) > 0.97
    assert np.median(np.abs(predicted / (2.5 * table["time"]) - 1)) < 0.05
    shown = run(*asked).out
    assert "told by known devices" in shown
    assert "time (" in shown


def test_a_device_like_none_is_told(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    pools = (table.genotypes == 4).sum(axis=1)
    lines = [f"{table.space.format(table.genotypes[row])},{1 + 9 * pools[row]}" for row in range(20)]
    (tmp_path / "odd.csv").write_text("\n".join(["architecture,joules", *lines]) + "\n")
    asked = ("--measurements", tmp_path / "odd.csv", "--column", "joules", "--unit", "J", "-o", tmp_path / "m.agp")
    done = run("adapt", devices, *asked)
    assert done.code == 0
    assert "is like none of the known ones" in done.err
    assert load_predictor(tmp_path / "m.agp").card_["unit"] == "J"


def test_a_model_that_began_with_known_devices_is_begun_with_too(
    run, refused, bench: Path, devices: Path, tmp_path: Path
) -> None:
    fitted, adapted = tmp_path / "fitted.agp", tmp_path / "adapted.agp"
    assert run("fit", bench, "--target", "score", "--devices", "time", "--n", 40, "-o", fitted).code == 0
    six = measured(bench, tmp_path / "six.csv")
    found = run("adapt", fitted, "--measurements", six, "-o", adapted, "--json", "-").json
    assert found["card"]["known_devices"]["time"] > 0.3
    assert run("fit", bench, "--target", "time", "--predictor", "device", "--n", 40, "-o", fitted).code == 0
    line = refused("adapt", fitted, "--measurements", six, "-o", adapted)
    assert line.startswith(f"'{fitted}' is a model of kind 'device' that holds no known devices; make some with")


def test_it_says_what_to_measure(run, bench: Path, devices: Path) -> None:
    space = ArchTable.load(bench).space
    lines = run("adapt", devices, "--choose", 5).out.split()
    assert len({tuple(space.parse(line)) for line in lines}) == 5
    assert lines == run("adapt", devices, "--choose", 5).out.split()
    assert lines != run("adapt", devices, "--choose", 5, "--seed", 1).out.split()
    assert [entry["architecture"] for entry in run("adapt", devices, "--choose", 5, "--json", "-").json] == lines


def test_what_is_adapted_is_not_replaced(
    run, refused, bench: Path, devices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    devices.unlink()
    six = measured(bench, tmp_path / "six.csv")
    assert run("fit", bench, "--devices", "time").code == 0
    before = Path("devices.agp").read_bytes()
    assert run("adapt", "devices.agp", "--measurements", "six.csv").code == 0
    assert load_predictor("adapted.agp").card_["n"] == 6
    Path("link.agp").symlink_to("devices.agp")
    for out in ("devices.agp", "link.agp", "six.csv"):
        line = refused("adapt", devices, "--measurements", six, "-o", out)
        assert line.startswith(f"--out '{out}' would replace '")
        assert line.endswith("which is read; choose another file")
    assert Path("devices.agp").read_bytes() == before


def test_bad_input_is_refused(refused, bench: Path, devices: Path, tmp_path: Path) -> None:
    csv, out = measured(bench, tmp_path / "six.csv"), ("-o", tmp_path / "m.agp")
    assert refused("adapt", devices) == (
        "give either --measurements, to adapt to them, or --choose, to be told what to measure"
    )
    assert "Unknown column 'ms'" in refused("adapt", devices, "--measurements", csv, "--column", "ms", *out)
    assert "at least 3 training rows, but hold 2" in refused(
        "adapt", devices, "--measurements", measured(bench, tmp_path / "two.csv", 2), *out
    )
    assert "is damaged or no predictor" in refused("adapt", bench, "--choose", 2)
    (tmp_path / "zero.csv").write_text(csv.read_text().rsplit(",", 1)[0] + ",0\n")
    assert "y must be above 0" in refused("adapt", devices, "--measurements", tmp_path / "zero.csv", *out)
    assert not (tmp_path / "m.agp").exists()

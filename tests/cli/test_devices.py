"""Known devices out of a table, by ``archgraph fit --devices``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.cli.devices import known_devices
from archgraph.data import ArchTable
from archgraph.predictors import KnownDevices, load_known_devices, load_predictor


def test_columns_are_devices(run, bench: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    found = run("fit", bench, "--devices", "ti*,score", "-o", tmp_path / "d.agp", "--seed", 2, "--json", "-").json
    assert found["names"] == ["time", "score"]
    assert found["card"]["space"] == "nb201"
    saved = load_known_devices(tmp_path / "d.agp")
    expected = KnownDevices.learn(table.graphs, {name: table[name] for name in ("time", "score")}, seed=2)
    assert np.array_equal(saved.predict(table.graphs), expected.predict(table.graphs))


def test_a_target_begins_with_the_other_columns(run, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "time", "--devices", "time,score", "--n", 8)
    found = run("fit", bench, *asked, "-o", tmp_path / "m.agp", "--json", "-").json
    assert found["predictor"] == "device"
    assert list(found["card"]["known_devices"]) in (["score"], [])
    assert found["scores"]["spearman"] > 0.95
    model = load_predictor(tmp_path / "m.agp")
    table = ArchTable.load(bench)
    assert model.predict(table.graphs)[:5] == pytest.approx(table["time"][:5], rel=0.2)


def test_a_device_like_none_is_told(run, bench: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    pools = 1.0 + 9 * (table.genotypes == 4).sum(axis=1)
    odd = tmp_path / "odd.npz"
    columns = {"time": table["time"], "joules": pools, "twice": 2 * table["time"]}
    ArchTable(table.space, table.genotypes, columns).save(odd)
    like, asked = (
        ("fit", odd, "--target", target, "--devices", "time", "--n", 20, "-o", tmp_path / "m.agp")
        for target in ("twice", "joules")
    )
    done = run(*asked)
    assert "the device of joules is like none of the known ones" in " ".join(done.err.split())
    assert run(*asked, "--quiet").err == ""
    assert run(*like).err == ""


def test_bad_input_is_refused(refused, bench: Path, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "m.agp")
    assert refused("fit", bench, *out) == "give --target, the column to predict, or --devices, or both"
    assert refused("fit", bench, "--devices", "tmie", *out).startswith("Unknown column 'tmie'. Did you mean 'time'?")
    line = refused("fit", bench, "--devices", "time", "--target", "time", *out)
    assert line == "--devices must name devices beside the target 'time', but is 'time'"
    line = refused("fit", bench, "--devices", "time", "--target", "score", "--predictor", "gp", *out)
    assert line == "--devices is for --predictor device, but --predictor is gp"
    for option in ("--predictor", "--n", "--param", "--prior", "--inputs", "--operators"):
        line = refused("fit", bench, "--devices", "time", option, "7", *out)
        assert line == f"{option} is for predictors of a --target, but there is none"
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told(bench: Path) -> None:
    told: list[tuple[str, int, int]] = []
    known_devices(ArchTable.load(bench), "time,score", None, 0, lambda *step: told.append(step))
    assert told == [("learning devices", 1, 2), ("learning devices", 2, 2)]

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.spaces import space


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of three rows, one of them not measured."""
    searched = space("nb201")
    columns = {"acc": np.array([3.0, np.nan, 1.0]), "params": np.array([10.0, 20.0, 60.0])}
    genotypes = searched.sample_distinct(3, np.random.default_rng(0))
    ArchTable(searched, genotypes, columns, {"acc": "%"}, {"acc": "max"}, {"title": "Three"}).save(tmp_path / "t.npz")
    return tmp_path / "t.npz"


def test_benchmarks_are_listed_by_name(run) -> None:
    from archgraph.data import table_names

    found = run("data", "list", "--json", "-")
    assert [entry["name"] for entry in found.json] == table_names()
    assert {"nb201-cifar10", "mbv3-dynast"} <= {entry["name"] for entry in found.json}
    by_name = {entry["name"]: entry for entry in found.json}
    assert by_name["mbv3-dynast"]["space"] == "mbv3"
    assert by_name["mbv3-dynast"]["files"] == 5
    assert "top1_acc" in by_name["mbv3-dynast"]["columns"]


def test_a_table_is_described_column_by_column(run, table: Path) -> None:
    found = run("data", "info", table, "--json", "-").json
    assert found["rows"] == 3
    assert found["space"] == "nb201"
    assert found["source"] == {"title": "Three"}
    assert found["columns"] == [
        {
            "column": "acc",
            "unit": "%",
            "goal": "max",
            "measured": 2,
            "min": 1.0,
            "median": 2.0,
            "max": 3.0,
            "description": "",
        },
        {
            "column": "params",
            "unit": "",
            "goal": None,
            "measured": 3,
            "min": 10.0,
            "median": 20.0,
            "max": 60.0,
            "description": "",
        },
    ]


def test_people_read_the_same(run, table: Path) -> None:
    shown = run("data", "info", table).out
    assert [line.split() for line in shown.splitlines() if line.startswith((" acc", " params"))] == [
        ["acc", "%", "max", "2", "1", "2", "3"],
        ["params", "-", "3", "10", "20", "60"],
    ]


def test_columns_are_explained_as_their_card_does(run, mirror: Path) -> None:
    found = run("data", "info", "mbv3-dynast", "--json", "-").json
    assert found["rows"] == 2162
    by_name = {column["column"]: column for column in found["columns"]}
    assert by_name["top1_acc"]["description"] == "ImageNet validation accuracy under the supernet's weights"
    assert by_name["repeats"]["min"] == 1


def test_fetched_files_are_those_of_the_mirror(run, mirror: Path) -> None:
    found = run("data", "fetch", "mbv3-dynast", "--json", "-").json
    assert len(found) == 5
    for entry in found:
        assert Path(entry["path"]).is_relative_to(mirror)
        assert Path(entry["path"]).stat().st_size == entry["bytes"]


def test_bad_input_is_refused(refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("data", "info", "nb201-cifar").startswith(
        "Unknown table 'nb201-cifar'. Did you mean 'nb201-cifar10'?"
    )
    assert refused("data", "fetch", "mbv3").startswith("Unknown table 'mbv3'.")
    assert refused("data", "fetch").startswith("give either names of benchmarks or --all")
    assert refused("data", "list", "--json", tmp_path / "no" / "a.json").startswith("cannot write")
    monkeypatch.setenv("ARCHGRAPH_MIRROR", str(tmp_path / "nowhere"))
    assert "but there is no such folder" in refused("data", "fetch", "mbv3-dynast")


def test_a_damaged_table_is_refused(refused, table: Path) -> None:
    whole = table.read_bytes()
    table.write_bytes(whole[: len(whole) // 2])
    assert "is damaged or no table" in refused("data", "info", table)

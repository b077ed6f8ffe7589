"""Latency tables as tables of architectures, and as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from archgraph.data import read_own
from archgraph.latency import LatencyTable, Measurement
from archgraph.latency.export import as_arch_table, write_csv
from archgraph.spaces import space

NAME = "nb201"


@pytest.fixture
def table(tmp_path: Path):
    """Two devices of which the second measured one architecture only; the first knows no half-width."""
    searched = space(NAME)
    first, second = (searched.format(row) for row in searched.sample(2, np.random.default_rng(0)))
    with LatencyTable(tmp_path / "times.db", NAME) as made:
        made.begin("cpu_ms", {"device": "cpu"})
        made.begin("phone_mj", {"device": "phone", "unit": "mJ"})
        made.add("cpu_ms", second, Measurement(3.0, 0.2, float("nan"), 9))
        made.add("cpu_ms", first, Measurement(4.5, 0.1, float("nan"), 9))
        made.add("phone_mj", first, Measurement(90.0, 1.0, 2.0, 6))
        yield made


def test_a_table_of_architectures_has_three_columns_for_each_device(table: LatencyTable) -> None:
    made = as_arch_table(table, space(NAME))
    assert made.name == "times"
    cards = {"cpu_ms": {"device": "cpu", "unit": "ms"}, "phone_mj": {"device": "phone", "unit": "mJ"}}
    assert made.source["devices"] == cards
    ends = ("", "_spread", "_half_width")
    assert list(made.columns) == [f"{column}{end}" for column in ("cpu_ms", "phone_mj") for end in ends]
    assert list(made.units.values()) == ["ms"] * 3 + ["mJ"] * 3
    assert made.goals == {"cpu_ms": "min", "phone_mj": "min"}
    np.testing.assert_array_equal(made["cpu_ms"], [3.0, 4.5])
    np.testing.assert_array_equal(made["phone_mj"], [np.nan, 90.0])
    np.testing.assert_array_equal(made["cpu_ms_half_width"], [np.nan, np.nan])
    assert [space(NAME).format(row) for row in made.genotypes] == [row.architecture for row in table.rows("cpu_ms")]


def test_the_csv_reads_as_a_table_of_ones_own(table: LatencyTable, tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    write_csv(table, path)
    read = read_own(path, NAME, ["cpu_ms", "phone_mj", "phone_mj_half_width"])
    np.testing.assert_array_equal(read["cpu_ms"], [3.0, 4.5])
    np.testing.assert_array_equal(read["phone_mj_half_width"], [np.nan, 2.0])
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert lines[1]["phone_mj_runs"] == "6"
    assert (lines[1]["phone_mj_device"], lines[0]["phone_mj_device"]) == ("phone", "")
    assert lines[0]["cpu_ms_half_width"] == lines[0]["phone_mj_at"] == ""
    assert lines[0]["cpu_ms_at"].endswith("+00:00")


def test_nothing_measured_is_no_table(tmp_path: Path) -> None:
    with LatencyTable(tmp_path / "t.db", NAME) as empty:
        empty.begin("ms", {})
        with pytest.raises(ValueError, match=r"t.db' holds no time yet; measure first"):
            as_arch_table(empty, space(NAME))

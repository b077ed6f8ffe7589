"""What a file says was measured of a few architectures, and what is said of its other rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archgraph.data import read_measurements
from archgraph.spaces import space

CELLS = space("nb201")
ONE, TWO, THREE = "3-3-3-3-3-3", "2-2-2-2-2-2", "0-0-0-3-0-0"


def _write(folder: Path, *lines: str, name: str = "few.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_architecture_has_one_number(tmp_path: Path) -> None:
    path = _write(tmp_path, "architecture,latency_ms", f"{TWO},2", f"{ONE},1.5", f"{TWO},8", f"{THREE},4", f"{TWO},3")
    found = read_measurements(path, CELLS)
    assert found.genotypes.tolist() == [[2] * 6, [3] * 6, [0, 0, 0, 3, 0, 0]]
    assert found.values.tolist() == [3, 1.5, 4]
    assert found.column == "latency_ms"
    (remark,) = found.remarks
    assert remark == (
        "1 of 3 architectures of few.csv were measured more than once; the median counts, of what is up to 4 times"
        " apart: latency_ms is 2 in line 2 and 8 in line 4"
    )


def test_equal_repeats_are_not_apart(tmp_path: Path) -> None:
    found = read_measurements(_write(tmp_path, "architecture,latency_ms", *[f"{ONE},1"] * 3), CELLS)
    assert found.values.tolist() == [1]
    assert found.remarks == ("1 of 1 architectures of few.csv were measured more than once; the median counts",)


def test_dead_operations_make_no_other_architecture_unless_they_run(tmp_path: Path) -> None:
    # nothing leads to node 1 in either cell, and the second has a convolution behind it
    path = _write(tmp_path, "architecture,latency_ms", "0-0-0-3-0-0,1", "0-0-3-3-0-0,2")
    assert read_measurements(path, CELLS).values.tolist() == [1.5]
    assert read_measurements(path, CELLS, as_written=True).values.tolist() == [1, 2]


def test_rows_without_a_number_are_counted(tmp_path: Path) -> None:
    path = _write(tmp_path, "architecture,latency_ms", f"{ONE},", f"{TWO},2", f"{THREE},nan")
    found = read_measurements(path, CELLS)
    assert found.values.tolist() == [2]
    assert found.remarks == ("2 of 3 rows of few.csv are skipped: latency_ms is not measured there",)


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("architecture,onnx_ms", "1", "onnx_ms"),
        ("architecture,onnx_ms,onnx_ms_spread,onnx_ms_runs,onnx_ms_device", "1,0.1,50,onnx-cpu", "onnx_ms"),
        ("architecture,a,latency_ms,b", "3,1,4", "latency_ms"),
        ("architecture,note,J", "2026-01-01,1", "J"),
    ],
)
def test_the_column_is_found(tmp_path: Path, header: str, row: str, expected: str) -> None:
    found = read_measurements(_write(tmp_path, header, f"{ONE},{row}"), CELLS)
    assert (found.column, found.values.tolist()) == (expected, [1])


def test_a_column_may_be_named(tmp_path: Path) -> None:
    path = _write(tmp_path, "net,a,b,latency_ms", f"{ONE},1,2,3")
    assert read_measurements(path, CELLS, "b", "net").values.tolist() == [2]
    assert read_measurements(path, CELLS, architecture="net", usual="a").values.tolist() == [1]


def test_a_mark_at_the_beginning_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text(f"architecture,latency_ms\n{ONE},1\n", encoding="utf-8-sig")
    assert read_measurements(path, CELLS).values.tolist() == [1]
    lines = tmp_path / "few.jsonl"
    lines.write_text(json.dumps({"architecture": [3] * 6, "latency_ms": 1}), encoding="utf-8-sig")
    assert read_measurements(lines, CELLS).values.tolist() == [1]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (
            ["architecture,latency_ms", f"{ONE},1", "x,2"],
            "few.csv line 3: architecture: 'x' is no architecture of 'nb201'",
        ),
        (["architecture,latency_ms", f"{ONE},1", f"{TWO},fast"], "few.csv line 3: latency_ms is 'fast'; expected a"),
        (["architecture,latency_ms", f"{ONE},1", f"{TWO},inf"], "few.csv line 3: latency_ms is 'inf'; expected a"),
        (
            ["architecture,latency_ms", f"{ONE},", f"{TWO},-1"],
            "few.csv line 3: latency_ms is '-1'; expected a number above",
        ),
        (["architecture,latency_ms", f"{TWO},0"], "few.csv line 2: latency_ms is '0'; expected a number above 0 or an"),
        (["architecture,latency_ms", *[f"{ONE},1"] * 3], "few.csv: latency_ms must be measured of at least 2 distinct"),
        (
            ["architecture,latency_ms"],
            "few.csv: latency_ms must be measured of at least 2 distinct architectures, but is",
        ),
        (
            ["architecture,a,b", f"{ONE},1,2"],
            "few.csv has no column 'latency_ms', and 'a', 'b' of numbers; name the one",
        ),
        (["architecture,a", f"{ONE},x"], "few.csv has no column 'latency_ms', and none of numbers; name the one"),
        (["net,latency_ms", f"{ONE},1"], "few.csv: Unknown column 'architecture'"),
    ],
)
def test_bad_files_are_refused_where_they_are_bad(tmp_path: Path, lines: list[str], line: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(line)}"):
        read_measurements(_write(tmp_path, *lines), CELLS, least=2)

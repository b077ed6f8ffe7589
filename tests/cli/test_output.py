from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from archgraph.cli.output import Output, check_apart, check_distinct, facts, plain, table, writable


def _rows() -> list[list[str | float | None]]:
    return [["conv", 0.123456], ["pool", float("nan")], ["other", None]]


def test_tables_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    Output().result([], table("Costs", ("operation", "share"), _rows()))
    written = capsys.readouterr()
    assert [line.split() for line in written.out.splitlines() if "conv" in line or "pool" in line] == [
        ["conv", "0.1235"],
        ["pool", "-"],
    ]
    assert written.err == ""


def test_brackets_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    named = "[bold]acc [cs.LG]"
    Output().result([], table(named, (named,), [[named]]), facts({named: named}))
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines() if "acc" in line]
    assert [[part.strip() for part in line if part.strip()] for line in lines] == [[named]] * 3 + [[named, named]]


def test_json_has_stdout_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    Output("-").result([{"tau": np.float64("nan"), "n": np.int64(3)}], table(None, ("a", "b"), _rows()))
    written = capsys.readouterr()
    assert json.loads(written.out) == [{"tau": None, "n": 3}]
    assert "conv" in written.err


def test_quiet_leaves_only_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("-", quiet=True)
    output.note("a remark")
    with output.progress() as report:
        report("fit", 1, 2)
    output.result({"a": 1}, table(None, ("a", "b"), _rows()))
    written = capsys.readouterr()
    assert json.loads(written.out) == {"a": 1}
    assert written.err == ""


def test_json_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Output(str(tmp_path / "a.json")).result({"a": [1, 2]}, table(None, ("a", "b"), _rows()))
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": [1, 2]}
    assert "conv" in capsys.readouterr().out


def test_what_is_read_is_not_written_under_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "read.csv").write_text("a")
    (tmp_path / "soft.csv").symlink_to("read.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "read.csv")
    (tmp_path / "other.csv").write_text("a")
    for name in ("read.csv", "soft.csv", "hard.csv", f"../{tmp_path.name}/read.csv", str(tmp_path / "read.csv")):
        with pytest.raises(ValueError, match=r"^--out '.*' would replace 'read.csv', which is read; choose another"):
            check_apart("--out", Path(name), None, "no.csv", "other.csv", "read.csv")
    for free in ("other.csv", "new.csv"):
        check_apart("--out", Path(free), "read.csv", None, "new.csv")
    check_apart("--out", None, "read.csv")


def test_two_results_want_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_distinct(out=Path("a"), save=Path("b"), export=None)
    with pytest.raises(ValueError, match=r"^--save 'a' is --out too; choose another file"):
        check_distinct(out=tmp_path / "a", save=Path("a"))


def test_a_file_that_cannot_be_written_is_known_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="there is no folder"):
        Output(str(tmp_path / "no" / "a.json"))
    with pytest.raises(OSError, match="it is a folder"):
        writable(tmp_path)
    with pytest.raises(OSError, match="'/dev/null': it is no regular file"):
        writable(Path("/dev/null"))


def test_plain_values_are_those_of_json() -> None:
    value = {"array": np.array([[1.5, np.inf]]), "path": Path("x"), "none": None, "tuple": (np.bool_(True), "a")}
    assert plain(value) == {"array": [[1.5, None]], "path": "x", "none": None, "tuple": [True, "a"]}

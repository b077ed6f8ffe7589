from __future__ import annotations

from pathlib import Path

GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 3)


def test_a_study_becomes_one_page(run, bench: Path, tmp_path: Path) -> None:
    run("search", bench, *GOALS, "--verifier", "table", "--study", tmp_path / "s.db", "--quiet")
    done = run("report", tmp_path / "s.db", "-o", tmp_path / "r.html")
    assert done.out.strip() == str(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_bad_input_is_refused(refused, tmp_path: Path) -> None:
    assert "there is no study" in refused("report", tmp_path / "no.db")
    assert list(tmp_path.iterdir()) == []

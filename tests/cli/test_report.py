from __future__ import annotations

from pathlib import Path

GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 3)


def test_a_study_becomes_one_page(run, bench: Path, tmp_path: Path) -> None:
    run("search", bench, *GOALS, "--verifier", "table", "--study", tmp_path / "s.db", "--quiet")
    done = run("report", tmp_path / "s.db", "-o", tmp_path / "r.html")
    assert done.out.strip() == str(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")


def test_the_page_tells_what_the_search_told(run, bench: Path, tmp_path: Path) -> None:
    told = run("search", bench, *GOALS, "--verifier", "table", "--study", tmp_path / "s.db", "--json", "-").json
    run("report", tmp_path / "s.db", "-o", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    share = told["verification"]["share"]
    shown = [f'<dt>Hypervolume</dt><dd>{100 * share:.1f} <span class="unit">%</span></dd>'] if share is not None else []
    settings = [("predictors", "xgb"), ("training rows", "60"), ("verifier", "table"), ("searched", str(bench))]
    for text in [*shown, *(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in settings)]:
        assert text in page


def test_records_of_a_rank_comparison_become_one_page(run, bench: Path, tmp_path: Path) -> None:
    asked = ("--target", "score", "--predictors", "xgb", "--sizes", "20,40", "--seeds", 1, "--metrics", "tau")
    run("rank", bench, *asked, "--json", tmp_path / "r.json", "--quiet")
    done = run("report", tmp_path / "r.json", "-o", tmp_path / "r.html", "--json", "-")
    assert done.json == {"page": str(tmp_path / "r.html")}
    page = (tmp_path / "r.html").read_text()
    assert "cells/score" in page
    assert 'data-kind="rank"' in page


def test_bad_input_is_refused(refused, tmp_path: Path) -> None:
    assert "there is no study" in refused("report", tmp_path / "no.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "r.json").write_text('[{"task": "t"}]')
    assert "record 0 lacks 'method'" in refused("report", tmp_path / "r.json", "-o", tmp_path / "r.html")
    assert "which is read; choose another file" in refused("report", tmp_path / "r.json", "-o", tmp_path / "r.json")
    (tmp_path / "r.json").write_text("[]")
    assert "records must hold at least one record" in refused("report", tmp_path / "r.json", "-o", tmp_path / "r.html")
    (tmp_path / "text.db").write_text("neither a study nor a list of records " * 99)
    assert "is damaged or no study" in refused("report", tmp_path / "text.db", "-o", tmp_path / "r.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "text.db"]

from __future__ import annotations

from pathlib import Path

import pytest

GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 3)


@pytest.fixture
def unverified(run, bench: Path, tmp_path: Path) -> Path:
    assert run("search", bench, *GOALS, "--study", tmp_path / "s.db", "--quiet").code == 0
    return tmp_path / "s.db"


def test_a_search_is_verified_later(run, bench: Path, unverified: Path) -> None:
    at_once = run("search", bench, *GOALS, "--verifier", "table", "--json", "-").json
    later = run("verify", unverified, "--verifier", "table", "--json", "-").json
    assert later["architectures"] == at_once["architectures"]


def test_bad_input_is_refused(refused, unverified: Path) -> None:
    assert refused("verify", unverified) == "--verifier must be supernet or table: the study was begun with none"
    assert refused("verify", unverified, "--verifier", "tble").startswith(
        "Unknown verifier 'tble'. Did you mean 'table'"
    )

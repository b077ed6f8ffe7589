from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from archgraph.cli.plan import Plan
from archgraph.search import Study

GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 3)


@pytest.fixture
def unverified(run, bench: Path, tmp_path: Path) -> Path:
    assert run("search", bench, *GOALS, "--study", tmp_path / "s.db", "--quiet").code == 0
    return tmp_path / "s.db"


def test_a_search_is_verified_later(run, bench: Path, unverified: Path) -> None:
    at_once = run("search", bench, *GOALS, "--verifier", "table", "--json", "-").json
    later = run("verify", unverified, "--verifier", "table", "--json", "-").json
    assert later["architectures"] == at_once["architectures"]


def test_who_verified_is_remembered(run, refused, unverified: Path) -> None:
    run("verify", unverified, "--verifier", "table", "--random", "--quiet")
    with Study(unverified, read_only=True) as study:
        plan = Plan.of(study)
    assert (plan.verifier, plan.random) == ("table", True)
    resumed = run("resume", unverified, "--json", "-").json
    assert all(entry["verified"] is not None for entry in resumed["architectures"])
    # The table's answers and a supernet's are not the same truth.
    with Study(unverified) as study:
        study.set_note("plan", plan.to_dict() | {"verifier": "supernet"})
    line = "was verified by the supernet, not by the table; begin another study"
    assert line in refused("verify", unverified, "--verifier", "table")
    assert line in refused("search", plan.where, *GOALS, "--verifier", "table", "--study", unverified)


def test_a_program_verifies_later_and_no_other_beside_it(run, refused, unverified: Path) -> None:
    def program(value: int) -> str:
        code = f"import json; print(json.dumps({{'score': {value}, 'time': 1}}))"
        return shlex.join([sys.executable, "-S", "-E", "-c", code])

    done = run("verify", unverified, "--command", program(1), "--json", "-").json
    assert [entry["verified"]["score"] for entry in done["architectures"]] == [1, 1, 1]
    line = refused("verify", unverified, "--command", program(9))
    assert "was verified by the command" in line
    assert line.endswith("begin another study")
    assert run("resume", unverified, "--quiet").code == 0


def test_one_architecture_is_enough(run, bench: Path, tmp_path: Path) -> None:
    alone = (*GOALS[:-1], 1)
    found = run("search", bench, *alone, "--study", tmp_path / "s.db", "--json", "-").json
    assert len(found["architectures"]) == 1
    code = "import json; print(json.dumps({'score': 1, 'time': 2}))"
    done = run(
        "verify", tmp_path / "s.db", "--command", shlex.join([sys.executable, "-S", "-E", "-c", code]), "--json", "-"
    )
    assert done.code == 0
    assert done.json["verification"]["verified"] == 1


def test_bad_input_is_refused(refused, unverified: Path) -> None:
    assert refused("verify", unverified) == (
        "--verifier must be supernet, table or command: the study was begun with none"
    )
    assert refused("verify", unverified, "--verifier", "tble").startswith(
        "Unknown verifier 'tble'. Did you mean 'table'"
    )

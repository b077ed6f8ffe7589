from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archgraph.cli.output import Output
from archgraph.cli.plan import Plan
from archgraph.cli.planned_search import run, same_verifier

SILENT = Output(quiet=True)


@pytest.fixture
def plan(bench: Path) -> Plan:
    return Plan(
        str(bench), ("score:max", "time:min"), train_rows=60, verifier="table", candidates=400, budget=4, random=True
    )


def test_a_plan_is_carried_out_and_kept(plan: Plan, tmp_path: Path) -> None:
    with run(plan, tmp_path / "s.db", SILENT) as study:
        assert (study.count("verified"), study.count("random")) == (4, 4)
        assert Plan.of(study) == plan
        found = study.records("verified").genotypes.tolist()
    with run(plan, None, SILENT) as again:
        assert again.records("verified").genotypes.tolist() == found


def test_too_little_time_is_said_and_kept(plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "s.db"
    with run(plan, place, Output(), timeout=1e-9) as study:
        assert study.count("verified") < 4
        assert study.count("random") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("ended after 1e-09 s with 0 of 4 verified; 'archgraph resume ")
    with run(plan, place, SILENT) as study:
        assert (study.count("verified"), study.count("random")) == (4, 4)


def test_answers_of_two_verifiers_are_not_mixed(plan: Plan, tmp_path: Path) -> None:
    other = replace(plan, verifier="command", command=(sys.executable, "-c", "x"))
    with run(replace(plan, verifier="none"), tmp_path / "s.db", SILENT) as study:
        same_verifier(other, study)
    with run(plan, tmp_path / "s.db", SILENT) as study:
        same_verifier(plan, study)
        same_verifier(replace(plan, verifier="none"), study)
        with pytest.raises(ValueError, match="was verified by the table, not by the command .*; begin another study"):
            same_verifier(other, study)
    with pytest.raises(ValueError, match="was verified by the table"):
        run(other, tmp_path / "s.db", SILENT)

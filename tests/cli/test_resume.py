from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from archgraph.evaluators import Tabular
from archgraph.search import Study
from tests.processes import ends

GOALS = ("--objectives", "score:max,time:min", "--train-rows", 60, "--candidates", 400, "--budget", 4)


def test_an_interrupted_search_ends_as_if_it_had_not_been(
    run, bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run("search", bench, *GOALS, "--verifier", "table", "--json", "-").json
    answer = Tabular.evaluate
    asked = []

    def stop_at_the_third(self, genotypes):
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return answer(self, genotypes)

    monkeypatch.setattr(Tabular, "evaluate", stop_at_the_third)
    stopped = run("search", bench, *GOALS, "--verifier", "table", "--study", tmp_path / "s.db")
    assert stopped.code == 130
    assert " ".join(stopped.err.split()) == f"interrupted; 'archgraph resume {tmp_path / 's.db'}' goes on"
    monkeypatch.undo()
    with Study(tmp_path / "s.db") as study:
        assert study.count("verified") == 2
    resumed = run("resume", tmp_path / "s.db", "--json", "-").json
    assert resumed["architectures"] == whole["architectures"]
    again = run("resume", tmp_path / "s.db", "--json", "-").json
    assert again == resumed


def test_a_search_that_the_system_ends_leaves_no_program_and_is_resumed(run, bench: Path, tmp_path: Path) -> None:
    started, place = tmp_path / "started", tmp_path / "s.db"
    started.touch()
    (tmp_path / "ask.py").write_text(
        "import os, sys, time; from pathlib import Path\n"
        f"with Path({str(started)!r}).open('a') as file: before = file.tell(); file.write(f'{{os.getpid()}} ')\n"
        f"time.sleep(600 * (before > 20) * (not Path({str(tmp_path / 'mended')!r}).exists()))\n"
        'print(\'{"score": 1, "time": 2}\')'
    )
    asked = ("search", bench, *GOALS[:-1], 9, "--workers", 2, "--study", place)
    # As a terminal starts it, however these tests were started.
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_DFL); from archgraph.cli import main; main()"
    words = [sys.executable, "-c", code, *asked, "--command", f"{sys.executable} -S -E {tmp_path / 'ask.py'}"]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while len(started.read_text()) <= 30:
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.terminate()
        said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 143
    assert " ".join(said.split()) == f"interrupted; 'archgraph resume {place}' goes on"
    assert all(ends(int(pid)) for pid in started.read_text().split())
    with Study(place) as study:
        assert 0 < study.count("verified") < 9
    (tmp_path / "mended").touch()
    assert run("resume", place).code == 0
    with Study(place) as study:
        assert study.count("verified") == 9


def test_a_study_on_a_server(run, bench: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{postgres.replace('@', ':hunter2@')}?study=cli"
    shown = url.replace("hunter2", "***")
    asked = ("search", bench, *GOALS, "--study", url)
    monkeypatch.setattr(Tabular, "evaluate", interrupted)
    stopped = run(*asked, "--verifier", "table")
    assert " ".join(stopped.err.split()) == f"interrupted; 'archgraph resume {shown}' goes on"
    monkeypatch.undo()
    found = run("resume", url, "--lease", 5, "--json", "-").json
    assert found["study"] == shown
    assert all(entry["verified"] for entry in found["architectures"])
    csv = run("report", url, "--csv", "-")
    assert len(csv.out.splitlines()) == 5
    assert "hunter2" not in csv.out + csv.err + stopped.out


def interrupted(self: Tabular, genotypes: object) -> None:
    raise KeyboardInterrupt


def test_what_a_server_lacks_is_one_clear_line(refused, postgres: str) -> None:
    url = postgres.replace("@", ":hunter2@")
    line = refused("resume", f"{url}?study=missing")
    assert line.startswith("there is no study ")
    assert "hunter2" not in line
    line = refused("resume", f"{url.rpartition('/')[0]}/none")
    assert line.startswith("cannot use the study 'postgresql+psycopg://tester:***@127.0.0.1:")
    assert line.endswith('FATAL: database "none" does not exist')


def test_bad_input_is_refused(refused, tmp_path: Path) -> None:
    assert "there is no study" in refused("resume", tmp_path / "no.db")
    settings = {"space": "nb201", "objectives": ["score:max"], "constraints": [], "seed": 0}
    Study(tmp_path / "s.db", settings).close()
    assert "was not begun by 'archgraph search'" in refused("resume", tmp_path / "s.db")

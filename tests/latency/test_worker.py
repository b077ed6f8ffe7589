"""Processes that see each other live."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archgraph.latency.worker import Worker


def test_a_worker_lives_from_begin_to_end(tmp_path: Path) -> None:
    one, other = Worker(tmp_path / "a.db"), Worker(tmp_path / "a.db")
    assert one.name != other.name
    assert other.dead({one.name}) == {one.name}
    one.begin()
    one.begin()
    assert other.dead({one.name}) == set()
    one.end()
    one.end()
    assert other.dead({one.name}) == {one.name}
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_killed_is_dead_at_once_and_its_file_goes(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from archgraph.latency.worker import Worker; "
        f"worker = Worker(Path({str(tmp_path / 'a.db')!r})); worker.begin(); "
        "print(worker.name, flush=True); time.sleep(60)"
    )
    here = Worker(tmp_path / "a.db")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert here.dead({name}) == here.dead(set()) == set()
        process.kill()
        process.wait()
        assert here.dead(set()) == {name}
    assert list(tmp_path.iterdir()) == []


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("a.db-x-12-ab.lock", "b.db-12-ab.lock", "a.db"):
        (tmp_path / name).touch()
    assert Worker(tmp_path / "a.db").dead(set()) == set()
    assert len(list(tmp_path.iterdir())) == 3


def test_without_a_file_there_are_no_others() -> None:
    worker = Worker(None)
    worker.begin()
    assert worker.dead({"12-ab"}) == set()
    worker.end()

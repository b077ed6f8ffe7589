"""What a killed process leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archgraph._guard import GUARD, temporary_folder
from tests.processes import ends

KILLED = """
import sys, threading, time
from pathlib import Path
from archgraph._guard import temporary_folder
from archgraph._programs import printed

program = "import os, sys, time; open(sys.argv[1], 'w').write(f'{os.getpid()} '); time.sleep(600)"
with temporary_folder() as over:
    pass
with temporary_folder() as folder:
    (folder / "network.onnx").touch()
    mark = Path(sys.argv[1])
    command = [sys.executable, "-S", "-E", "-c", program, str(mark)]
    threading.Thread(target=printed, args=(command, 600), daemon=True).start()
    while not (mark.exists() and mark.read_text().endswith(" ")):
        time.sleep(0.01)
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_programs_and_folders_go_with_a_process_however_it_ends(number: signal.Signals, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(mark)], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert (folder / "network.onnx").exists()
        process.send_signal(number)
    assert ends(int(mark.read_text()))
    last = time.monotonic() + 20
    while folder.exists() and time.monotonic() < last:
        time.sleep(0.01)
    assert list(tmp_path.iterdir()) == [mark]


def test_what_is_over_is_left_alone(tmp_path: Path) -> None:
    kept, lost = tmp_path / "kept", tmp_path / "lost"
    for folder in (kept, lost):
        folder.mkdir()
    with GUARD.held(str(kept)):
        pass
    with GUARD.held(str(lost)):
        GUARD.end()
    assert list(tmp_path.iterdir()) == [kept]
    # What is told to nobody is no mistake, and the next that is held has somebody again.
    with GUARD.held(str(kept)):
        GUARD.end()
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_started_everything_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    GUARD.end()
    monkeypatch.setattr(sys, "executable", "")
    with temporary_folder() as folder:
        assert folder.exists()
    assert not folder.exists()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    GUARD.end()
    with temporary_folder() as folder:
        assert folder.exists()
    GUARD.end()


def test_a_folder_is_gone_afterwards() -> None:
    with temporary_folder() as folder:
        (folder / "a").touch()
        assert folder.name.startswith("archgraph-")
    assert not folder.exists()


FORKED = """
import multiprocessing, sys
from archgraph._guard import temporary_folder

with temporary_folder():
    pass
pool = multiprocessing.get_context("fork").Pool(2)
print(sum(pool.map(abs, range(5))), flush=True)
"""


def test_processes_that_were_forked_do_not_keep_it_from_ending() -> None:
    # the pool is left open: its processes live until this one ends
    done = subprocess.run([sys.executable, "-c", FORKED], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout == "10\n"

"""Programs of the user's: what they are told, what they print, how they fail."""

from __future__ import annotations

import os
import signal
import sys
import time
import tracemalloc
from pathlib import Path
from threading import Thread

import pytest

from archgraph._programs import MOST, check_command, json_object, last_line, printed, short
from tests.processes import ends

PYTHON = (sys.executable, "-S", "-E", "-c")


def test_it_is_told_and_read() -> None:
    assert printed([*PYTHON, "import sys; print(sys.stdin.read() * 2)"], 20, "ab") == "abab\n"
    assert printed([*PYTHON, "import sys; print(repr(sys.stdin.read()))"], 20) == "''\n"


def test_one_that_does_not_read_what_it_is_told() -> None:
    assert printed([*PYTHON, "print(1)"], 20, "x" * 1_000_000) == "1\n"


def test_how_it_fails() -> None:
    with pytest.raises(RuntimeError, match=r"the command ended with exit code 1: 'no board'"):
        printed([*PYTHON, "raise SystemExit('no board')"], 20)
    with pytest.raises(TimeoutError, match=r"the command did not end within 0\.3 s"):
        printed([*PYTHON, "import time; time.sleep(60)"], 0.3)
    with pytest.raises(OSError, match=r"the command '/no/such' cannot be started: No such file"):
        printed(["/no/such"], 20)


def test_one_that_prints_without_end_is_ended() -> None:
    start = time.monotonic()
    with pytest.raises(
        RuntimeError, match=r"^the command printed more than 1 MB and was ended; let it print its answer"
    ):
        printed([*PYTHON, "while True: print('x' * 1000)"], 100)
    assert time.monotonic() - start < 60
    assert len(printed([*PYTHON, f"print('x' * {MOST - 1})"], 100)) == MOST


def test_of_endless_complaints_the_last_ones_are_kept() -> None:
    code = (
        "import sys\n"
        "for number in range(200_000): print('trouble', number, file=sys.stderr)\n"
        "sys.exit(int(sys.stdin.read()))"
    )
    tracemalloc.start()
    assert printed([*PYTHON, code], 100, "0") == ""
    with pytest.raises(RuntimeError, match="ended with exit code 3: 'trouble 199999'"):
        printed([*PYTHON, code], 100, "3")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_what_a_program_leaves_behind_is_waited_for_and_ended(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    code = (
        "import subprocess, sys; "
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)']); "
        f"open({str(mark)!r}, 'w').write(str(child.pid)); print(1)"
    )
    # long enough for two interpreters to start on a machine that is busy
    with pytest.raises(TimeoutError, match="the command did not end within 15 s and was ended"):
        printed([*PYTHON, code], 15)
    assert ends(int(mark.read_text()))


def test_who_is_interrupted_leaves_no_program_behind(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def ask() -> None:
        while not (mark.exists() and mark.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        Thread(target=ask).start()
        with pytest.raises(KeyboardInterrupt):
            printed([*PYTHON, code], 100)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ends(int(mark.read_text()), 0)


def test_any_time_is_allowed() -> None:
    assert printed([*PYTHON, "print(1)"], float("inf")) == "1\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('log\n{"a": 1}\n\n', {"a": 1}),
        ('{\n "a": 2}', {"a": 2}),
        ("3", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_objects(text: str, found: object) -> None:
    assert json_object(text) == found


def test_lines_and_values_are_short() -> None:
    assert [last_line(text) for text in ("a\n b \n\n", "", " \n")] == ["b", "", ""]
    assert short("x" * 200) == "'" + "x" * 76 + "..."


def test_commands() -> None:
    assert check_command([sys.executable, "x"]) == (sys.executable, "x")
    for wrong in ("ls -l", []):
        with pytest.raises(ValueError, match="command must be a program and its arguments, as a list"):
            check_command(wrong)
    with pytest.raises(ValueError, match="command 'no-such-program' is no program that can be started"):
        check_command(["no-such-program"])

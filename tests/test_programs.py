"""Programs of the user's: what they are told, what they print, how they fail."""

from __future__ import annotations

import sys

import pytest

from archgraph._programs import check_command, json_object, last_line, printed, short

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

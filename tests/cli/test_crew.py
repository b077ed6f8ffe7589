"""Who verifies, and how many at a time."""

from __future__ import annotations

import sys

import pytest

from archgraph.cli.crew import hired
from archgraph.cli.plan import Plan
from archgraph.evaluators import Program


def plan(verifier: str, command: tuple[str, ...] = ()) -> Plan:
    return Plan("nb201", ("ones:max",), verifier=verifier, command=command)


def test_programs_are_as_many_as_one_likes() -> None:
    verifier, workers = hired(plan("command", (sys.executable,)), "4")
    assert isinstance(verifier, Program)
    assert workers == 4
    assert hired(plan("none"), "1") == (None, 1)


@pytest.mark.parametrize(
    ("verifier", "workers", "message"),
    [
        (
            "supernet",
            "2",
            "--workers 2 needs --command or ray://HOST:PORT; of the verifier 'supernet' a process has one",
        ),
        ("none", "2", "--workers 2 needs a verifier; give --verifier or --command too"),
        ("none", "ray://head:10001", "--workers ray://head:10001 needs a verifier"),
        ("table", "0", "--workers must be a number from 1 on, or ray://HOST:PORT, but is '0'"),
        ("table", "-3", "but is '-3'"),
        ("none", "many", "but is 'many'"),
    ],
)
def test_others_are_one_clear_line(verifier: str, workers: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hired(plan(verifier), workers)

"""Programs of the user's as evaluators."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from archgraph.evaluators import Program
from archgraph.spaces import space

CELLS = space("nb201")
ROWS = CELLS.canonical([[3, 3, 3, 3, 3, 3], [3, 1, 1, 3, 1, 1]])
PYTHON = (sys.executable, "-S", "-E", "-c")


def test_it_reads_a_configuration_and_prints_json() -> None:
    code = (
        "import json, sys; config = json.load(sys.stdin); print('log'); print(json.dumps({'n': len(config), 'ms': 2}))"
    )
    found = Program(CELLS, ["n", "ms"], [*PYTHON, code]).evaluate(ROWS)
    assert {name: values.tolist() for name, values in found.items()} == {"n": [6.0, 6.0], "ms": [2.0, 2.0]}


def test_it_may_read_its_arguments() -> None:
    code = "import json, sys; print(json.dumps({'n': len(sys.argv[1])}, indent=1))"
    found = Program(CELLS, ["n"], [*PYTHON, code, "{architecture}; $(touch hacked)"]).evaluate(ROWS)
    assert found["n"].tolist() == [len(CELLS.format(row)) + len("; $(touch hacked)") for row in ROWS]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('fine')", "ValueError: the command printed 'fine'; let it print a JSON object of acc"),
        ("", "ValueError: the command printed nothing; let it print a JSON object of acc"),
        ("print('{\"ac\": 3}')", "ValueError: the command answered ac, but not 'acc'"),
        ("print('{\"acc\": null}')", "ValueError: the command answered None as 'acc'; let that be a number"),
        ("print('{\"acc\": NaN}')", "acc is nan"),
        ("raise SystemExit('no GPU')", "RuntimeError: the command ended with exit code 1: 'no GPU'"),
        ("import time; time.sleep(60)", "TimeoutError: the command did not end within 0.5 s and was ended"),
    ],
)
def test_what_fails_has_a_reason(code: str, reason: str) -> None:
    timeout = 0.5 if "sleep" in code else 30
    found = Program(CELLS, ["acc"], [*PYTHON, code], timeout).evaluate(ROWS[:1])
    assert np.isnan(found["acc"]).all()
    assert found.reasons[0].startswith(reason)


def test_there_must_be_such_a_program() -> None:
    with pytest.raises(ValueError, match="command 'no-such-program' is no program"):
        Program(CELLS, ["acc"], ["no-such-program"])

"""The command line as a function."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from archgraph import cli


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs the command line with some arguments."""

    def call(*args: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(arg) for arg in args])
        written = capsys.readouterr()
        return Done(int(stopped.value.code or 0), written.out, written.err)

    return call


@pytest.fixture
def refused(run: Callable[..., Done]) -> Callable[..., str]:
    """Runs the command line on bad input; gives the one line that it must say, without ``error: ``."""

    def call(*args: object) -> str:
        done = run(*args)
        assert done.code == 2, done
        assert done.out == ""
        (line,) = done.err.splitlines()
        assert line.startswith("error: ")
        return line.removeprefix("error: ")

    return call

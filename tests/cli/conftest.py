"""The command line as a function."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph import cli
from archgraph.data import ArchTable
from archgraph.spaces import space


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


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved table of 240 cells whose score and time follow from their MACs, with a little noise."""
    searched = space("nb201")
    rng = np.random.default_rng(0)
    genotypes = searched.sample_distinct(240, rng)
    macs = searched.costs(genotypes)["macs"]
    score = 60 + 5 * np.log10(macs) + rng.normal(0, 0.1, len(macs))
    columns = {"score": score, "time": 1 + macs / 1e8, "gap": np.where(np.arange(240) < 40, np.nan, score)}
    path = tmp_path_factory.mktemp("bench") / "cells.npz"
    units = {"score": "%", "time": "ms"}
    ArchTable(searched, genotypes, columns, units, {"score": "max", "time": "min"}, {"name": "cells"}).save(path)
    return path

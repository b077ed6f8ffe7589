from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.predictors import Lesson, Prior, load_prior


def test_the_saved_prior_is_what_the_tables_teach(run, bench: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    asked = (f"{bench}/score", f"{bench}/time", "--rows", 60, "--seed", 3)
    found = run("pretrain", *asked, "-o", tmp_path / "p.agp", "--json", "-").json
    assert {name: its["rows"] for name, its in found["tables"].items()} == {"cells/score": 60, "cells/time": 60}
    # the more MACs the better one of them is, and the worse the other
    assert all(its["tau_from_others"] < -0.5 for its in found["tables"].values())
    lessons = [Lesson(f"cells/{name}", table.graphs, table[name], table.goals[name]) for name in ("score", "time")]
    expected = Prior.learn(lessons, rows=60, seed=3).predict(table.graphs)
    assert np.array_equal(load_prior(tmp_path / "p.agp").predict(table.graphs), expected)


def test_rows_without_the_target_are_left_out(run, bench: Path, tmp_path: Path) -> None:
    done = run("pretrain", f"{bench}/score", "-o", tmp_path / "p.agp")
    assert "cells/score" in done.out
    assert "240" in done.out


@pytest.mark.parametrize(
    ("column", "more", "line"),
    [
        ("", (), "the column to learn of '"),
        ("/scroe", (), "Unknown column 'scroe'. Did you mean 'score'?"),
        ("/gap", (), "column 'gap' of '"),
        ("/score", ("-o", "no/p.agp"), "cannot write 'no/p.agp': there is no folder"),
    ],
)
def test_bad_input_is_refused(
    refused,
    bench: Path,
    column: str,
    more: tuple[str, ...],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("pretrain", f"{bench}{column}", *more).startswith(line)
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_not_replaced(refused, bench: Path) -> None:
    before = bench.read_bytes()
    assert "which is read; choose another file" in refused("pretrain", f"{bench}/score", "-o", bench)
    assert bench.read_bytes() == before


def test_a_table_twice_is_refused(refused, bench: Path, tmp_path: Path) -> None:
    line = refused("pretrain", f"{bench}/score", f"{bench}/score", "-o", tmp_path / "p.agp")
    assert line == "lessons must be one or more tables of different names, but are ['cells/score', 'cells/score']"

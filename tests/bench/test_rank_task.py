from __future__ import annotations

import numpy as np
import pytest

from archgraph.bench import RankTask
from archgraph.data import ArchTable
from archgraph.registry import UnknownNameError


def test_random_splits_are_those_of_the_table(table: ArchTable) -> None:
    task = RankTask(table, "latency", (50,))
    assert (task.name, task.unit, task.goal) == ("toy/latency", "ms", "min")
    train, test = task.divided(50, 3)
    wanted = table.take(slice(70)).split(50, 3)
    assert train.sha256 == wanted[0].sha256
    assert test.sha256 == wanted[1].sha256


def test_a_column_splits(table: ArchTable) -> None:
    task = RankTask(table, "acc", split="train")
    assert (task.name, task.sizes) == ("toy/acc (train)", (50,))
    train, test = task.divided(50, 0)
    assert sorted(train["acc"]) == sorted(table["acc"][:50])
    np.testing.assert_array_equal(test["acc"], table["acc"][50:70])
    few, same = task.divided(10, 1)
    assert set(few["acc"]) < set(train["acc"])
    assert set(few["acc"]) != set(task.divided(10, 2)[0]["acc"])
    assert same.sha256 == test.sha256


def test_columns_beside_the_graph(table: ArchTable) -> None:
    task = RankTask(table, "acc", (50,), inputs=("lat*",))
    assert task.name == "toy/acc + lat*"
    rows = table.take(np.array([4, 2]))
    graphs = task.graphs(rows)
    assert list(graphs) == list(rows.graphs)
    assert list(graphs.columns) == ["latency"]
    np.testing.assert_array_equal(graphs.columns["latency"], rows["latency"])
    with pytest.raises(UnknownNameError, match=r"Unknown column 'zc_\*'"):
        RankTask(table, "acc", (50,), inputs=("zc_*",))
    with pytest.raises(ValueError, match="inputs of toy/acc .* must not hold what is to be predicted"):
        RankTask(table, "acc", (50,), inputs=("a*",))


def test_bad_tasks(table: ArchTable) -> None:
    with pytest.raises(UnknownNameError, match="Unknown column 'ac'. Did you mean 'acc'"):
        RankTask(table, "ac")
    with pytest.raises(ValueError, match=r"sizes must be in 1..79 for toy/acc, but has 128"):
        RankTask(table, "acc")
    with pytest.raises(ValueError, match=r"sizes must be in 1..50 for toy/acc \(train\), but has 51"):
        RankTask(table, "acc", (51,), "train")
    with pytest.raises(ValueError, match="column 'latency' must be 1 in training rows and 0 in test rows"):
        RankTask(table, "acc", split="latency")
    with pytest.raises(ValueError, match="sizes must be a whole number at least 1, but is 0"):
        RankTask(table, "acc", (0,))

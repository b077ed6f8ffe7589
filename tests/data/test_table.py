"""Tables: checks, rows, splits, and files that are whole, damaged or altered."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.registry import UnknownNameError
from archgraph.spaces import space
from archgraph.spaces.listed import ListedSpace

nb201 = space("nb201")


def _table(rows: int = 10) -> ArchTable:
    genotypes = nb201.sample(rows, np.random.default_rng(0))
    accuracy = np.linspace(80, 90, rows)
    latency = np.where(np.arange(rows) % 3 == 0, np.nan, np.arange(rows, dtype=float))
    return ArchTable(
        nb201,
        genotypes,
        {"acc": accuracy, "latency": latency},
        units={"acc": "%", "latency": "ms"},
        goals={"acc": "max", "latency": "min"},
        source={"name": "made-up", "licence": "MIT"},
    )


def test_columns_units_and_graphs() -> None:
    table = _table()
    assert len(table) == 10
    assert table.name == "made-up"
    assert table["acc"][-1] == 90
    assert table.units == {"acc": "%", "latency": "ms"}
    assert len(table.graphs) == 10
    assert table.graphs[3] == nb201.graph(table.genotypes[3])
    with pytest.raises(UnknownNameError, match=r"Unknown column 'latancy'\. Did you mean 'latency'"):
        table["latancy"]


def test_graphs_for_a_column() -> None:
    table = _table()
    graphs = table.graphs_for("acc", "lat*", "acc")
    assert list(graphs.columns) == ["latency", "acc"]
    np.testing.assert_array_equal(graphs.columns["latency"], table["latency"])
    assert list(graphs) == list(table.graphs)
    assert table.graphs_for("acc").columns == {}
    with pytest.raises(UnknownNameError, match=r"Unknown column 'zc_\*'"):
        table.graphs_for("acc", "zc_*")


def test_graphs_for_what_was_measured_with_all_operations() -> None:
    space = _table().space
    dead = space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|")
    source = {"as_written": ["lat*"]}
    table = ArchTable(space, dead[None], {"acc": [90.0], "latency": [1.0]}, source=source)
    assert "conv_norm_act" in table.graphs_for("latency")[0].ops
    assert "conv_norm_act" not in table.graphs_for("acc")[0].ops


def test_content_cannot_be_changed_in_place() -> None:
    table = _table()
    with pytest.raises(ValueError, match="read-only"):
        table["acc"][0] = 0
    with pytest.raises(ValueError, match="read-only"):
        table.genotypes[0, 0] = 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"acc": [1.0]}, r"column 'acc' must have shape \(2,\), but has shape \(1,\)"),
        ({"acc": [1.0, np.inf]}, "column 'acc' is inf in row 1; NaN stands for not measured"),
        ({"acc": ["a", "b"]}, "column 'acc' must be numbers"),
    ],
)
def test_bad_columns_are_refused(columns: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ArchTable(nb201, np.zeros((2, 6), dtype=int), columns)


def test_bad_rows_units_and_goals_are_refused() -> None:
    with pytest.raises(ValueError, match=r"genotype 1 has edge_1_0=5; expected an index in 0\.\.4"):
        ArchTable(nb201, [[0] * 6, [5] * 6], {})
    with pytest.raises(UnknownNameError, match="Unknown column 'lat'"):
        ArchTable(nb201, [[0] * 6], {"acc": [1.0]}, units={"lat": "ms"})
    with pytest.raises(ValueError, match="goal of column 'acc' must be 'max' or 'min', but is 'up'"):
        ArchTable(nb201, [[0] * 6], {"acc": [1.0]}, goals={"acc": "up"})


def test_take_keeps_order_and_measured_drops_gaps() -> None:
    table = _table()
    assert table.take([7, 2])["acc"].tolist() == table["acc"][[7, 2]].tolist()
    assert table.take(slice(0, 3)).genotypes.tolist() == table.genotypes[:3].tolist()
    assert table.take(table["acc"] > 85)["acc"].min() > 85
    assert table.measured("latency")["latency"].tolist() == [1, 2, 4, 5, 7, 8]
    assert len(table.measured("acc")) == 10


def test_split_is_that_of_the_published_protocol() -> None:
    table = _table()
    train, test = table.split(4, seed=3)
    order = np.random.RandomState(3).permutation(10)
    assert order.tolist() == [5, 4, 1, 2, 9, 6, 7, 0, 3, 8]
    assert train["acc"].tolist() == table["acc"][order[:4]].tolist()
    assert test.genotypes.tolist() == table.genotypes[order[4:]].tolist()
    assert train.units == table.units
    assert train.source == table.source


@pytest.mark.parametrize("n_train", [0, 10, 11])
def test_split_larger_than_the_table_is_refused(n_train: int) -> None:
    with pytest.raises(ValueError, match=rf"n_train must be in 1\.\.9, but is {n_train}: the table has 10 rows"):
        _table().split(n_train, seed=0)


def test_hash_follows_the_content_and_nothing_else() -> None:
    table = _table()
    changed = np.array(table["acc"])
    changed[4] += 1e-9
    columns = dict(table.columns)
    assert ArchTable(nb201, table.genotypes, columns, table.units, table.goals).sha256 == table.sha256
    others = [
        ArchTable(nb201, table.genotypes, columns | {"acc": changed}, table.units, table.goals),
        ArchTable(nb201, table.genotypes, columns, table.units | {"acc": "1"}, table.goals),
        table.take(np.arange(10)[::-1]),
    ]
    assert len({table.sha256, *(other.sha256 for other in others)}) == 4


def test_to_pandas_has_architecture_and_columns() -> None:
    pytest.importorskip("pandas")
    frame = _table().to_pandas()
    assert list(frame.columns) == ["architecture", "acc", "latency"]
    assert nb201.parse(frame["architecture"][2]).tolist() == _table().genotypes[2].tolist()
    assert frame["latency"].isna().sum() == 4


def test_to_pandas_without_pandas_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'archgraph\[pandas\]'"):
        _table().to_pandas()


def test_the_hash_of_listed_graphs_is_that_of_the_graphs_too() -> None:
    nb201 = space("nb201")

    def listed(seed: int) -> ArchTable:
        graphs = nb201.graphs(nb201.sample(5, np.random.default_rng(seed)))
        return ArchTable(ListedSpace("mine", graphs), np.arange(5)[:, None], {"acc": np.arange(5.0)})

    assert listed(0).sha256 == listed(0).sha256 != listed(1).sha256

"""Tables: checks, rows, splits, and files that are whole, damaged or altered."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.registry import UnknownNameError
from archgraph.spaces import space
from archgraph.spaces.nb201 import NB201

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


def test_saved_table_comes_back_equal(tmp_path: Path) -> None:
    table = _table()
    table.save(tmp_path / "table.npz")
    again = ArchTable.load(tmp_path / "table.npz")
    assert again.space is nb201
    np.testing.assert_array_equal(again.genotypes, table.genotypes)
    for column in table.columns:
        np.testing.assert_array_equal(again[column], table[column])
    assert (again.units, again.goals, again.source) == (table.units, table.goals, table.source)
    assert again.sha256 == table.sha256


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


def test_table_of_an_unregistered_space_needs_the_space(tmp_path: Path) -> None:
    own = NB201("own")
    ArchTable(own, [[0] * 6], {"acc": [1.0]}).save(tmp_path / "own.npz")
    assert ArchTable.load(tmp_path / "own.npz", own).space is own
    with pytest.raises(UnknownNameError, match="Unknown search space 'own'"):
        ArchTable.load(tmp_path / "own.npz")


@pytest.mark.parametrize("kept", [0, 10, 200, 0.5, 0.99])
def test_truncated_file_gives_one_clear_line(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "table.npz"
    _table().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    with pytest.raises(ValueError, match=r"table\.npz' is damaged or no table") as raised:
        ArchTable.load(path)
    assert "\n" not in str(raised.value)


def _outcome(path: Path) -> str:
    try:
        return ArchTable.load(path).sha256
    except ValueError as error:
        return str(error)


def test_no_altered_byte_goes_unnoticed(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    table = _table()
    table.save(path)
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        outcome = _outcome(path)
        # a byte that holds no content, such as a time of day, may pass
        assert "is damaged or no table" in outcome or outcome == table.sha256


def test_altered_content_with_a_good_checksum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    _table().save(path)
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(path, **(arrays | {"column_0": arrays["column_0"] + 1}))
    with pytest.raises(ValueError, match="its content does not match its hash"):
        ArchTable.load(path)
    header = json.loads(str(arrays["header"]))
    header["variables"][0][1] = ["none"]
    np.savez(path, **(arrays | {"header": np.array(json.dumps(header))}))
    with pytest.raises(ValueError, match="search space 'nb201' had other variables"):
        ArchTable.load(path)


def test_pickles_and_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="is damaged or no table"):
        ArchTable.load(path)
    np.savez(path, other=np.zeros(3))
    with pytest.raises(ValueError, match="is damaged or no table"):
        ArchTable.load(path)
    with pytest.raises(OSError, match="cannot read"):
        ArchTable.load(tmp_path / "absent.npz")


def test_failed_save_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write"):
        _table().save(tmp_path / "absent" / "table.npz")
    assert list(tmp_path.rglob("*.npz*")) == []


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

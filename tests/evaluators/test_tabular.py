import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import Tabular
from archgraph.registry import UnknownNameError
from archgraph.spaces import space


@pytest.fixture
def table() -> ArchTable:
    # Rows 1 and 2 are the same architecture: no path uses what their third genes differ in.
    genotypes = np.array([[3, 1, 1, 3, 1, 1], [0, 0, 0, 1, 0, 0], [0, 0, 2, 1, 0, 0], [2, 2, 2, 2, 2, 2]])
    columns = {"acc": np.array([90.0, 80.0, 82.0, 70.0]), "ms": np.array([4.0, 1.0, np.nan, np.nan])}
    return ArchTable(space=space("nb201"), genotypes=genotypes, columns=columns)


def test_looks_up_canonical_genotypes_and_averages_repeats(table: ArchTable) -> None:
    found = Tabular(table).evaluate([[0, 0, 4, 1, 0, 0], [3, 1, 1, 3, 1, 1]])
    assert found["acc"].tolist() == [81.0, 90.0]
    assert found["ms"].tolist() == [1.0, 4.0]
    assert found.reasons == {}


def test_what_was_measured_as_written_is_that_of_the_canonical_row(table: ArchTable) -> None:
    columns = {"acc": table["acc"], "ms": np.array([4.0, 1.0, 3.0, np.nan])}
    other = np.append(table.genotypes, [[0, 0, 3, 1, 0, 0]], axis=0)
    told = {name: np.append(values, 60.0) for name, values in columns.items()}
    source = {"as_written": ["ms"]}
    found = Tabular(ArchTable(table.space, other, told, source=source)).evaluate([[0, 0, 4, 1, 0, 0]])
    assert {name: values.tolist() for name, values in found.items()} == {"acc": [74.0], "ms": [1.0]}
    # without that row, the others stand for it
    rows = np.array([2, 4])
    few = ArchTable(table.space, other[rows], {name: values[rows] for name, values in told.items()}, source=source)
    assert Tabular(few).evaluate([[0, 0, 4, 1, 0, 0]])["ms"].tolist() == [31.5]


def test_can_answer_for_what_was_measured(table: ArchTable) -> None:
    known = Tabular(table).answerable_for(["acc"])
    assert sorted(known.tolist()) == sorted([[3, 1, 1, 3, 1, 1], [0, 0, 0, 1, 0, 0], [2, 2, 2, 2, 2, 2]])
    both = Tabular(table).answerable_for(["acc", "ms"])
    assert sorted(both.tolist()) == sorted([[3, 1, 1, 3, 1, 1], [0, 0, 0, 1, 0, 0]])


def test_says_what_is_missing(table: ArchTable) -> None:
    found = Tabular(table).evaluate([[4, 4, 4, 4, 4, 4], [2, 2, 2, 2, 2, 2]])
    np.testing.assert_array_equal(found["acc"], [np.nan, 70.0])
    np.testing.assert_array_equal(found["ms"], [np.nan, np.nan])
    assert found.reasons == {0: "the table has no such architecture", 1: "the table has no ms of it"}


def test_columns_can_be_chosen(table: ArchTable) -> None:
    assert Tabular(table).columns == ("acc", "ms")
    assert list(Tabular(table, ["ms"]).evaluate([[3, 1, 1, 3, 1, 1]])) == ["ms"]
    with pytest.raises(UnknownNameError, match="Did you mean 'acc'"):
        Tabular(table, ["acx"])


def test_an_empty_table_knows_nothing(table: ArchTable) -> None:
    found = Tabular(table.take(np.array([], dtype=int))).evaluate([[3, 1, 1, 3, 1, 1]])
    assert np.isnan(found["acc"]).all()
    assert found.reasons == {0: "the table has no such architecture"}

import numpy as np

from archgraph.search import Records


def test_rows_become_arrays() -> None:
    rows = [
        ("[0, 1]", '{"acc": 0.5}', None, None, "net", 0.5, 10.0, 0),
        ("[2, 3]", '{"acc": null, "ms": 4.0}', '{"acc": 0.1}', "it burned", "net", 1.5, 12.0, 1),
    ]
    records = Records.from_rows(rows)
    assert len(records) == 2
    assert records.genotypes.tolist() == [[0, 1], [2, 3]]
    np.testing.assert_array_equal(records.values["acc"], [0.5, np.nan])
    np.testing.assert_array_equal(records.values["ms"], [np.nan, 4.0])
    np.testing.assert_array_equal(records.std["acc"], [np.nan, 0.1])
    assert records.reasons == (None, "it burned")
    assert records.seconds.sum() == 2.0
    assert records.steps.tolist() == [0, 1]


def test_no_rows() -> None:
    records = Records.from_rows([])
    assert len(records) == 0
    assert records.genotypes.shape == (0, 0)
    assert records.values == {}

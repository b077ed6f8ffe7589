"""Amounts of work."""

from __future__ import annotations

import json

import numpy as np

from archgraph.features.work import Work
from archgraph.spaces import space

nb201 = space("nb201")
CELLS = np.stack(
    [
        nb201.parse("|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"),
        nb201.parse("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"),
        nb201.parse("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|"),
        nb201.parse("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|"),
    ]
)


def test_amounts_by_hand() -> None:
    graphs = nb201.graphs(CELLS)
    work = Work.learn(graphs)
    found = work(graphs) * work.mean
    names = work.tokens.names
    # input, output and the operations
    np.testing.assert_allclose(found[:, 0], [6, 3, 3, 3])
    np.testing.assert_allclose(found[0, 1:4], [values[0] for values in graphs.costs().values()], rtol=1e-6)
    counts = {name: found[:, 4 + number].tolist() for number, name in enumerate(names)}
    assert counts == {
        "conv_norm_act(kernel=3)": [2, 0, 1, 0],
        "conv_norm_act(kernel=1)": [1, 0, 0, 1],
        "identity": [1, 1, 0, 0],
    }
    kinds, costs = len(names), graphs.costs()
    np.testing.assert_allclose(found[:, 4 + kinds : 4 + 2 * kinds].sum(axis=1), costs["macs"], rtol=1e-6)
    wide = names.index("conv_norm_act(kernel=3)")
    np.testing.assert_allclose(found[[0, 2], 4 + kinds + wide], costs["macs"][2] * np.array([2, 1]), rtol=1e-6)
    assert (found[:, 4 + 2 * kinds :] > 0).tolist() == (
        found[:, 4 : 4 + kinds] * (np.array(names) != "identity") > 0
    ).tolist()
    assert set(work(graphs).mean(axis=0).round(9)) == {0, 1}
    assert (work.costs, work.counts) == (slice(4), slice(4 + kinds))


def test_what_was_not_seen_in_training_is_no_kind_of_its_own() -> None:
    work = Work.learn(nb201.graphs(CELLS[1:2]))
    found = work(nb201.graphs(CELLS))
    assert found.shape == (4, 4 + 3)
    assert np.isfinite(found).all()


def test_what_data_flows_through_is_counted_apart() -> None:
    # the convolution leads to nothing, and what takes from nothing is not fed
    cells = np.stack(
        [
            nb201.parse("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"),
            nb201.parse("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"),
        ]
    )
    written = nb201.written_graphs(cells)
    work = Work.learn(written)
    assert np.array_equal(work.used(written), work(nb201.graphs(cells)))
    assert np.all(work(written)[:, 2] > 0)
    assert np.all(work.used(written)[:, 2] == 0)


def test_state() -> None:
    graphs = nb201.graphs(CELLS)
    work = Work.learn(graphs)
    copy = Work.from_state(json.loads(json.dumps(work.state())))
    assert np.array_equal(copy(graphs), work(graphs))

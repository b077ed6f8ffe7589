"""Networks as sums of operators on a device whose times are such sums."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from archgraph.graph import GraphBuilder
from archgraph.graph.operators import operators
from archgraph.latency import LatencyTable, OperatorSum, OperatorTimes, measure_into, operator_networks
from archgraph.latency.operator_times import NOTHING, OPERATORS
from archgraph.spaces import space
from tests.devices import Priced

CELLS = space("nb201")
GENOTYPES = CELLS.sample_distinct(20, np.random.default_rng(0))
NETWORKS = [CELLS.network(row) for row in GENOTYPES]
TRUE = np.array([Priced().milliseconds(network) for network in NETWORKS])


@pytest.fixture(scope="module")
def times() -> OperatorTimes:
    with LatencyTable(None, OPERATORS) as table:
        measure_into(table, "ms", Priced(), operator_networks(NETWORKS))
        return OperatorTimes.of_table(table, "ms")


def test_sums_are_exact(times: OperatorTimes) -> None:
    found = OperatorSum(times).sums(NETWORKS)
    np.testing.assert_allclose(found.milliseconds, TRUE, rtol=1e-9)
    assert found.interpolated.tolist() == [0] * 20
    assert (found.operators.min(), found.operators.max()) == (29, 164)
    column = OperatorSum(times).operators_ms(CELLS, GENOTYPES)
    np.testing.assert_array_equal(column, found.milliseconds)
    graphs = CELLS.graphs(GENOTYPES).with_columns({"operators_ms": column})
    assert graphs.columns["operators_ms"].shape == (20,)


@pytest.mark.parametrize("folds", [False, True])
def test_what_depends_on_no_input_takes_time_where_the_device_does_not_fold_it(folds: bool) -> None:
    cut_off = CELLS.network(CELLS.parse("|none~0|+|nor_conv_3x3~0|none~1|+|none~0|nor_conv_3x3~1|none~2|"))
    with LatencyTable(None, OPERATORS) as table:
        measure_into(table, "ms", Priced(folds), operator_networks([cut_off, NETWORKS[0]], folds))
        times = OperatorTimes.of_table(table, "ms")
    found = OperatorSum(times).sums([cut_off])
    assert found.operators.tolist() == [0 if folds else 29]
    assert found.interpolated.tolist() == [0]
    np.testing.assert_allclose(found.milliseconds, Priced(folds).milliseconds(cut_off), rtol=1e-9)
    assert (found.milliseconds[0] == Priced.CALL) == folds


def test_operators_are_those_of_the_device_that_runs_them() -> None:
    net = GraphBuilder()
    x = net.input(8, 16, 16)
    real = net.add("batch_norm", [net.conv(x, 8, kernel=5)])
    zeros = net.add("batch_norm", [net.conv(net.add("zero", [x]), 8, kernel=1)])
    net.output(net.add("add", [real, zeros]))
    apart = {folds: set(operator_networks([net.graph()], folds)) - {NOTHING} for folds in (False, True)}
    assert apart[False] == set(operators(net.graph()))
    assert apart[True] == set(operators(net.graph(), folds=True))
    assert not apart[True] <= apart[False]


def test_networks_that_take_no_time_teach_no_factor(times: OperatorTimes) -> None:
    net = GraphBuilder()
    net.output(net.add("dropout", [net.input(3, 8, 8)]))
    some, y = [*NETWORKS[:3], net.graph()], np.append(1.5 * TRUE[:3], 0.01)
    unknown_call = times.without([NOTHING])
    learned = OperatorSum(unknown_call).fit(some, y).weights
    np.testing.assert_allclose(learned, OperatorSum(unknown_call).fit(NETWORKS[:3], y[:3]).weights, rtol=0.2)


def test_a_third_interpolated_is_nearly_as_good(times: OperatorTimes) -> None:
    fewer = times.without([text for text in times.measured if "add" in text][::2])
    found = OperatorSum(fewer).sums(NETWORKS)
    assert found.interpolated.max() > 0
    np.testing.assert_allclose(found.milliseconds, TRUE, rtol=0.01)


def test_few_networks_tell_the_factor_the_call_and_the_steps(times: OperatorTimes) -> None:
    plain = OperatorSum(times).sums(NETWORKS)
    stretched = OperatorSum(times).fit(NETWORKS[:1], TRUE[:1] * 1.5)
    np.testing.assert_allclose(stretched.sums(NETWORKS).milliseconds, 1.5 * TRUE, rtol=1e-6)
    truth = 0.1 + 1.2 * TRUE + 0.003 * plain.operators
    learned = OperatorSum(times).fit(NETWORKS[:10], truth[:10])
    assert np.abs(learned.sums(NETWORKS[10:]).milliseconds / truth[10:] - 1).max() < 0.02
    assert np.abs(1.2 * TRUE / truth - 1).max() > 0.02


def test_a_network_of_nothing_takes_a_call(times: OperatorTimes) -> None:
    net = GraphBuilder()
    net.output(net.add("dropout", [net.input(3, 8, 8)]))
    found = OperatorSum(times).sums([net.graph()])
    assert (found.milliseconds.tolist(), found.operators.tolist()) == ([Priced.CALL], [0])
    assert OperatorSum(times).sums([]).milliseconds.shape == (0,)


def test_saved_and_loaded(times: OperatorTimes, tmp_path: Path) -> None:
    model = OperatorSum(times).fit(NETWORKS[:5], 2 * TRUE[:5])
    model.save(tmp_path / "sum.json")
    loaded = OperatorSum.load(tmp_path / "sum.json")
    np.testing.assert_array_equal(loaded.weights, model.weights)
    assert loaded.times.card == times.card
    np.testing.assert_array_equal(loaded.sums(NETWORKS).milliseconds, model.sums(NETWORKS).milliseconds)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": "other"}, "is damaged or no sum of operators, .*: its format is 'other'"),
        ({"version": 2}, "is of format version 2; update archgraph"),
        ({"operators": {}}, "at least one, but there is none"),
        ({"operators": {"nonsense": 1.0}}, "'nonsense' is no operator"),
        ({"weights": [1.0, -1.0, 0.0]}, "weights must not be negative"),
        ({"operators": None}, "is damaged"),
    ],
)
def test_files_that_are_no_sum(times: OperatorTimes, tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = tmp_path / "sum.json"
    OperatorSum(times).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=problem):
        OperatorSum.load(path)
    path.write_text(path.read_text()[:100])
    with pytest.raises(ValueError, match="is damaged or no sum of operators"):
        OperatorSum.load(path)
    with pytest.raises(FileNotFoundError):
        OperatorSum.load(tmp_path / "none.json")


def test_bad_input(times: OperatorTimes) -> None:
    with pytest.raises(ValueError, match="weights must have"):
        OperatorSum(times, [1.0])
    with pytest.raises(ValueError, match="milliseconds must be above 0, at least one, but are none"):
        OperatorSum(times).fit([], [])
    with pytest.raises(ValueError, match="milliseconds must be above 0, at least one, but are -1"):
        OperatorSum(times).fit(NETWORKS[:2], [1.0, -1.0])
    with pytest.raises(ValueError, match="milliseconds must have"):
        OperatorSum(times).fit(NETWORKS[:2], [1.0])
    with pytest.raises(ValueError, match="describes no full network"):
        OperatorSum(times).operators_ms(space("gnn"), space("gnn").smallest)

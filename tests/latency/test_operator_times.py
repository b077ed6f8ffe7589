"""Tables of operators on a device whose times are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.graph.operators import operators
from archgraph.latency import LatencyTable, OperatorTimes, measure_into, operator_networks
from archgraph.latency.operator_times import NOTHING, OPERATORS
from archgraph.registry import UnknownNameError
from archgraph.spaces import space
from tests.devices import Priced

CELLS = space("nb201")
NETWORKS = [CELLS.network(row) for row in CELLS.sample_distinct(6, np.random.default_rng(0))]


def measured(path: Path | None = None) -> OperatorTimes:
    with LatencyTable(path, OPERATORS) as table:
        measure_into(table, "ms", Priced(), operator_networks(NETWORKS))
        return OperatorTimes.of_table(table, "ms")


def test_equal_operators_of_several_networks_are_measured_once(tmp_path: Path) -> None:
    found = operator_networks(NETWORKS)
    texts = [text for network in NETWORKS for text in operators(network)]
    assert set(found) == {NOTHING, *texts}
    assert len(found) < len(texts) / 5
    path = tmp_path / "operators.db"
    assert len(measured(path)) == len(found)
    with LatencyTable(path) as table:
        again = measure_into(table, "ms", Priced(), operator_networks(NETWORKS))
    assert (len(again.measured), again.kept) == (0, len(found))


def test_what_was_measured_is_looked_up_and_the_rest_interpolated() -> None:
    times = measured()
    assert times.overhead == Priced.CALL
    assert times.card["device"] == "priced"
    known = operators(NETWORKS[0])
    other = "input c_out=24,height=32,width=32 > conv kernel=3 > batch_norm > relu"
    told = times([*known, other])
    assert told.milliseconds[:-1].tolist() == [times.measured[text] for text in known]
    assert told.interpolated.tolist() == [False] * len(known) + [True]
    expected = Priced().milliseconds(operator_networks([])[NOTHING]())
    assert expected == Priced.CALL
    assert times.error < 0.01
    again = times([other])
    assert again.milliseconds[0] == told.milliseconds[-1]
    assert again.interpolated.all()


def test_energies_are_no_times() -> None:
    device = Priced()
    device.unit = "mJ"
    with LatencyTable(None, OPERATORS) as table:
        measure_into(table, "energy", device, operator_networks(NETWORKS[:1]))
        with pytest.raises(ValueError, match="column 'energy' of 'None' is in mJ, and sums are of milliseconds"):
            OperatorTimes.of_table(table, "energy")


def test_what_is_left_out_is_interpolated() -> None:
    times = measured()
    texts = [text for text in times.measured if text != NOTHING]
    fewer = times.without(texts[::3])
    told = fewer(texts)
    assert told.interpolated.sum() == len(texts[::3])
    assert np.abs(told.milliseconds / times(texts).milliseconds - 1).max() < 0.01
    assert times.without([NOTHING]).overhead == 0


def test_tables_of_something_else(tmp_path: Path) -> None:
    with LatencyTable(tmp_path / "t.db", "cells") as table:
        table.begin("ms", {"device": "said"})
        with pytest.raises(ValueError, match="holds times of 'cells', not of operators; measure some with"):
            OperatorTimes.of_table(table, "ms")
    with LatencyTable(None, OPERATORS) as table:
        table.begin("ms", {"device": "said"})
        with pytest.raises(ValueError, match="at least one, but there is none; measure operators first"):
            OperatorTimes.of_table(table, "ms")
        with pytest.raises(UnknownNameError, match="Unknown column 'sm'"):
            OperatorTimes.of_table(table, "sm")

"""What devices share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.latency import Device, Protocol
from archgraph.latency.device import graph_for
from archgraph.latency.machine import NoisyMachineWarning
from tests.devices import Said


def test_a_device_must_load_and_describe_itself() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Device()  # type: ignore[abstract]  # that it is abstract is the test


def test_times_are_in_the_order_of_the_networks_however_many_go_together() -> None:
    names = [f"{value}" for value in (3.5, 1.0, 2.25)]
    for together in (1, 2, 16):
        protocol = Protocol(rounds=6, repeats=2, settle=0, warm_up=0, together=together)
        timing = Said(protocol).measure([Path(name) for name in names])
        assert timing.median.tolist() == [3.5, 1.0, 2.25]
        assert timing.spread.tolist() == timing.half_width.tolist() == [0, 0, 0]
        assert timing.runs.tolist() == [12, 12, 12]


def test_no_networks_take_no_time() -> None:
    assert Said().measure([]).median.shape == (0,)


def test_one_that_cannot_run_is_named_by_measure_and_passed_over_by_measured() -> None:
    networks = [Path("1"), Path("-1"), Path("x"), Path("2")]
    found = {outcome.row: outcome for outcome in Said().measured(networks)}
    assert [row for row, outcome in sorted(found.items()) if outcome.found is None] == [1, 2]
    assert found[2].reason == "could not convert string to float: 'x'"
    assert (found[1].ran, found[2].ran) == (True, False)
    with pytest.raises(RuntimeError, match="network 2 cannot be measured on said: could not convert"):
        Said().measure(networks)


def test_only_so_many_are_loaded_at_a_time() -> None:
    loaded: list[str] = []

    class Counting(Said):
        def load(self, network):  # type: ignore[no-untyped-def]
            loaded.append(network.name)
            return super().load(network)

    found = Counting().measured([Path(f"{value}") for value in range(1, 13)])
    next(found)
    assert loaded == ["1", "2", "3", "4", "5"]


def test_a_network_more_at_the_end_does_not_change_the_order_before_it() -> None:
    def order(count: int) -> list[str]:
        asked: list[str] = []
        list(Said(asked=asked.append).measured([Path(f"{value}") for value in range(1, count + 1)]))
        return asked

    assert order(6)[:30] == order(5)
    assert order(5) == order(5)


def test_a_noisy_machine_is_warned_of_once() -> None:
    rng = np.random.default_rng(0)

    class Noisy(Said):
        def load(self, network):  # type: ignore[no-untyped-def]
            return lambda: float(rng.uniform(1, 9))

    with pytest.warns(NoisyMachineWarning, match="2 of 2 times are not known to the wanted 2.0%") as warned:
        Noisy().measure([Path("1"), Path("2")])
    assert len(warned) == 1


def test_files_are_refused_by_devices_that_build_networks() -> None:
    with pytest.raises(
        ValueError, match=r"said runs architectures of a space, not ONNX files such as 'a.onnx'; measure"
    ):
        graph_for(Said(), Path("some/a.onnx"))

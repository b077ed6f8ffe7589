"""Latency as an evaluator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.evaluators import Measured
from archgraph.graph import ArchGraph
from archgraph.latency import Device, Protocol, TorchCPU
from archgraph.latency.device import Run
from archgraph.latency.machine import NoisyMachineWarning
from archgraph.spaces.mobile import MobileSpace
from archgraph.spaces.mobile_description import MobileDescription, Stage


def test_columns_are_the_median_and_its_spread() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1, 6), head=16)
    searched = MobileSpace("tiny", described)
    evaluator = Measured(searched, TorchCPU(protocol=Protocol(rounds=3)), column="cpu_ms")
    assert evaluator.columns == ("cpu_ms", "cpu_ms_spread")
    found = evaluator.evaluate(np.stack([searched.smallest, searched.largest]))
    assert 0 < found["cpu_ms"][0] < found["cpu_ms"][1]


class Fussy(Device):
    """Takes as many milliseconds as the network has nodes, and none that is wider than 8 channels."""

    name = "fussy"

    def load(self, network: ArchGraph | Path) -> Run:
        assert isinstance(network, ArchGraph)
        if np.nanmax(network.attr("c_out")) > 8:
            raise RuntimeError("too wide")
        return lambda: float(len(network))

    def card(self) -> dict[str, str]:
        return {}


class Restless(Fussy):
    """Never the same twice."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(0)

    def load(self, network: ArchGraph | Path) -> Run:
        return lambda: float(self.rng.uniform(1, 9))


def test_a_noisy_machine_is_warned_of_once_in_all_calls() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1,), head=8)
    searched = MobileSpace("tiny", described)
    evaluator = Measured(searched, Restless())
    with pytest.warns(NoisyMachineWarning, match="1 of 1 times are not known to the wanted 2.0%") as warned:
        times = [evaluator.evaluate([searched.smallest]) for _ in range(3)]
    assert len(times) == 3
    assert len(warned) == 1


def test_a_machine_that_changes_between_calls_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1,), head=8)
    searched = MobileSpace("tiny", described)
    evaluator = Measured(searched, Fussy())
    evaluator.evaluate([searched.smallest])
    looks = len(evaluator._watch.work)
    assert looks > 4
    evaluator._watch.work = [1e-9] * looks  # Anything is slower than that.
    with pytest.warns(NoisyMachineWarning, match="times are as precise as wanted, but the machine changed its speed"):
        evaluator.evaluate([searched.smallest])


def test_one_that_cannot_run_leaves_the_others_their_times() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1,), head=8)
    searched = MobileSpace("tiny", described)
    narrow, wide = searched.smallest, searched.largest
    found = Measured(searched, Fussy()).evaluate([narrow, wide])
    nodes = len(searched.network(narrow))
    np.testing.assert_array_equal(found["latency_ms"], [nodes, np.nan])
    assert found["latency_ms_spread"][0] == 0
    assert found.reasons == {1: "too wide"}

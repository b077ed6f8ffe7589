"""Latency as an evaluator."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from archgraph.evaluators import Measured
from archgraph.graph import ArchGraph
from archgraph.latency import Device, Protocol, TorchCPU
from archgraph.latency.device import Run
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


def test_one_that_cannot_run_leaves_the_others_their_times() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1,), head=8)
    searched = MobileSpace("tiny", described)
    narrow, wide = searched.smallest, searched.largest
    found = Measured(searched, Fussy()).evaluate([narrow, wide])
    nodes = len(searched.network(narrow))
    np.testing.assert_array_equal(found["latency_ms"], [nodes, np.nan])
    assert found["latency_ms_spread"][0] == 0
    assert found.reasons == {1: "too wide"}

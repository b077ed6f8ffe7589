"""Latency as an evaluator."""

from __future__ import annotations

import numpy as np

from archgraph.evaluators.measured import Measured
from archgraph.latency import TorchCPU
from archgraph.spaces.mobile import MobileSpace
from archgraph.spaces.mobile_description import MobileDescription, Stage


def test_columns_are_the_median_and_its_spread() -> None:
    described = MobileDescription(1, 4, (8,), 4, (Stage((4, 64), (1, 3), stride=1),), (3, 5), (1, 6), head=16)
    searched = MobileSpace("tiny", described)
    evaluator = Measured(searched, TorchCPU(rounds=3, repeats=5), column="cpu_ms")
    assert evaluator.columns == ("cpu_ms", "cpu_ms_spread")
    found = evaluator.evaluate(np.stack([searched.smallest, searched.largest]))
    assert 0 < found["cpu_ms"][0] < found["cpu_ms"][1]

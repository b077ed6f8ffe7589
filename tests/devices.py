"""Devices that take as long as they are told, for tests of what surrounds devices."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from archgraph.graph import ArchGraph
from archgraph.graph.operators import operators
from archgraph.latency.device import FOLDED, Device, Run
from archgraph.latency.operator_times import NOTHING
from archgraph.latency.operator_work import operator_work
from archgraph.latency.protocol import Protocol
from archgraph.typing import FloatArray


class Said(Device):
    """Says that a network called ``12.5`` takes 12.5 ms; what is no number cannot be loaded.

    Args:
        protocol: How it measures.
        sleep: Seconds that a run really takes.
        label: Its name.
        asked: Gets the name at each run.
    """

    standard = Protocol(rounds=8, repeats=1, settle=0, warm_up=0, together=5)
    local = False

    def __init__(
        self,
        protocol: Protocol | None = None,
        sleep: float = 0.0,
        label: str = "said",
        asked: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(protocol)
        self.sleep = sleep
        self.name = label
        self.asked = asked

    def load(self, network: ArchGraph | Path) -> Run:
        assert isinstance(network, Path)
        said = float(network.name)

        def run() -> float:
            time.sleep(self.sleep)
            if self.asked is not None:
                self.asked(network.name)
            return said

        return run

    def card(self) -> dict[str, str]:
        return {"device": self.name, "protocol": self.protocol.describe()}


def makers(names: Sequence[str]) -> dict[str, Callable[[], ArchGraph | Path]]:
    """Networks of these names, as a campaign takes them."""
    return {name: lambda name=name: Path(name) for name in names}  # type: ignore[misc]  # the usual default argument


class Priced(Device):
    """Says that a network takes a call and, for each of its operators, what its work costs."""

    CALL = 0.004
    standard = Protocol(rounds=1, repeats=1, settle=0, warm_up=0)
    local = False
    name = "priced"

    def __init__(self, folds: bool = False) -> None:
        super().__init__()
        self.folds = folds

    def milliseconds(self, network: ArchGraph) -> float:
        """What a run takes."""
        texts = [text for text in operators(network, self.folds) if text != NOTHING]
        if not texts:
            return self.CALL
        return self.CALL + sum(price(amounts) for amounts in operator_work(texts).amounts)

    def load(self, network: ArchGraph | Path) -> Run:
        assert isinstance(network, ArchGraph)
        said = self.milliseconds(network)
        return lambda: said

    def card(self) -> dict[str, str]:
        return {"device": self.name, "protocol": self.protocol.describe()} | (FOLDED if self.folds else {})


def price(amounts: FloatArray) -> float:
    """Milliseconds of an operator's amounts of work."""
    return float(amounts @ [0.002, 1e-8, 2e-8, 0.0])

"""A device that takes as long as it is told, for tests of what surrounds devices."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from archgraph.graph import ArchGraph
from archgraph.latency.device import Device, Run
from archgraph.latency.protocol import Protocol


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

"""This machine's CPU, through torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns

import torch

from archgraph import _check
from archgraph.graph import ArchGraph
from archgraph.latency.device import Device, Run, graph_for
from archgraph.latency.machine import described
from archgraph.latency.protocol import Protocol
from archgraph.networks import build
from archgraph.networks.evaluation import channels_last
from archgraph.networks.random_inputs import random_inputs
from archgraph.networks.threads import torch_threads


class TorchCPU(Device):
    """Eager torch in float32, channels last, inference mode.

    Args:
        batch: Images a run.
        threads: Of torch while it measures.
        protocol: How it measures; None = ``Protocol()``.
    """

    def __init__(self, batch: int = 1, threads: int = 1, protocol: Protocol | None = None) -> None:
        super().__init__(protocol)
        self.batch = _check.positive_int("batch", batch)
        self.threads = _check.positive_int("threads", threads)
        self.name = f"torch-cpu-{self.threads}-batch-{self.batch}"

    def load(self, network: ArchGraph | Path) -> Run:
        """See ``Device.load``."""
        graph = graph_for(self, network)
        given = random_inputs(graph, self.batch)
        module = channels_last(build(graph)).eval()

        def run() -> float:
            start = perf_counter_ns()
            module(given)
            return (perf_counter_ns() - start) / 1e6

        return run

    @contextmanager
    def inside(self) -> Iterator[None]:
        """See ``Device.inside``."""
        with torch_threads(self.threads), torch.inference_mode():
            yield

    def card(self) -> dict[str, str]:
        """See ``Device.card``."""
        return {
            "device": self.name,
            **described(),
            "torch": torch.__version__,
            "threads": str(self.threads),
            "batch": str(self.batch),
            "precision": "float32",
            "protocol": self.protocol.describe(),
        }

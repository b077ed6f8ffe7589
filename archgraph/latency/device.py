"""What every device that runs networks is."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np

from archgraph.graph import ArchGraph
from archgraph.latency.machine import NoisyMachineWarning, Watch
from archgraph.latency.protocol import Protocol
from archgraph.latency.rounds import FAILURES, Outcome, reason_of, timed
from archgraph.typing import FloatArray

Run = Callable[[], float]
"""Runs a network once and tells the milliseconds that it took, or what else is the device's ``unit``."""


FOLDED = {"constants": "folded"}
"""What the card of a device holds that spends no time on what depends on no input of a network."""


def folds(card: Mapping[str, str]) -> bool:
    """Whether a card says that its device computes beforehand what depends on no input."""
    return FOLDED.items() <= card.items()


class Timing(NamedTuple):
    """Times of B networks, in milliseconds for one batch.

    Attributes:
        median: ``(B,)`` the middle of the samples.
        spread: ``(B,)`` half the distance between their quartiles.
        half_width: ``(B,)`` half the width of the median's confidence interval; NaN after too few rounds.
        runs: ``(B,)`` runs that counted.
    """

    median: FloatArray
    spread: FloatArray
    half_width: FloatArray
    runs: FloatArray


class Device(ABC):
    """Runs full networks and tells how long they take.

    A device says how to run one network (``load``); the protocol, the same for all devices, says how often and in
    which order.

    Args:
        protocol: How it measures; None = the one of its kind.

    Attributes:
        name: As studies and reports call it.
        protocol: How it measures.
        standard: The protocol of its kind, unless another is given.
        local: Whether networks run on this machine's own processor, so that its load matters.
        unit: Of what it tells of a run.
    """

    name: str
    unit: str = "ms"
    standard: ClassVar[Protocol] = Protocol()
    local: ClassVar[bool] = True

    def __init__(self, protocol: Protocol | None = None) -> None:
        self.protocol = protocol or self.standard

    @abstractmethod
    def load(self, network: ArchGraph | Path) -> Run:
        """A network, ready to run.

        Args:
            network: A full graph, or an ONNX file for devices that take one.

        Returns:
            Runs it once; milliseconds of one batch. Letting go of it frees what it holds.

        Raises:
            ValueError: The network cannot run here.
            OSError: The device is not there, or the file cannot be read.
        """

    @abstractmethod
    def card(self) -> dict[str, str]:
        """Everything that decides the times, besides the network: processor, threads, batch, versions, protocol."""

    def inside(self) -> AbstractContextManager[None]:
        """Entered for as long as networks run, to fix the number of threads say."""
        return nullcontext()

    def measured(self, networks: Sequence[ArchGraph | Path], watch: Watch | None = None) -> Iterator[Outcome]:
        """Outcomes of B networks, each as soon as it is known; one that cannot run does not keep the others from it.

        Args:
            networks: ``(B,)`` full graphs or ONNX files.
            watch: Looks at the machine between rounds.
        """
        for start in range(0, len(networks), self.protocol.together):
            runs: dict[int, Run] = {}
            for row in range(start, min(start + self.protocol.together, len(networks))):
                try:
                    runs[row] = self.load(networks[row])
                except FAILURES as error:
                    yield Outcome(row, None, reason_of(error), ran=False)
            # The order depends on the block alone, so that one network more at the end changes no earlier one.
            rng = np.random.default_rng([self.protocol.seed, start])
            yield from timed(self.protocol, runs, rng, self.inside, watch, self.unit)

    def measure(self, networks: Sequence[ArchGraph | Path]) -> Timing:
        """Times of B networks.

        Warns:
            NoisyMachineWarning: Once, if the wanted precision was not reached because the machine is too noisy.

        Raises:
            RuntimeError: A network cannot run; the message names it and says why.
        """
        watch = Watch(self.local)
        found = np.full((4, len(networks)), np.nan)
        outcomes = []
        for outcome in self.measured(networks, watch):
            if outcome.found is None:
                raise RuntimeError(f"network {outcome.row} cannot be measured on {self.name}: {outcome.reason}")
            found[:, outcome.row] = outcome.found
            outcomes.append(outcome.found)
        remark = watch.remark(outcomes, self.protocol)
        if remark is not None:
            warnings.warn(remark, NoisyMachineWarning, stacklevel=2)
        return Timing(*found)


def graph_for(device: Device, network: ArchGraph | Path) -> ArchGraph:
    """``network``, if it is a graph.

    Raises:
        ValueError: It is an ONNX file.
    """
    if isinstance(network, ArchGraph):
        return network
    raise ValueError(
        f"{device.name} runs architectures of a space, not ONNX files such as {network.name!r}; "
        "measure these with onnx-cpu or command"
    )

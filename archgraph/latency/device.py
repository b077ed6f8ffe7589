"""What every device that runs networks is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from archgraph.graph import ArchGraph
from archgraph.typing import FloatArray


class Timing(NamedTuple):
    """Times of B networks, in milliseconds for one batch.

    Attributes:
        median: ``(B,)`` the middle of the repeats.
        spread: ``(B,)`` half the distance between their quartiles.
    """

    median: FloatArray
    spread: FloatArray


class Device(ABC):
    """Runs full networks and tells how long they take.

    Attributes:
        name: As studies and reports call it.
    """

    name: str

    @abstractmethod
    def measure(self, networks: Sequence[ArchGraph]) -> Timing:
        """Times of full networks, interleaved so that drift favours none.

        Raises:
            ValueError: A network cannot run.
        """

    @abstractmethod
    def card(self) -> dict[str, str]:
        """Everything that decides the times, besides the network: processor, threads, batch, versions."""

"""What a device measures."""

from __future__ import annotations

from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.latency import Device
from archgraph.spaces.base import SearchSpace


class Measured(Evaluator):
    """Latency of full networks, measured when asked for.

    Args:
        space: A space that describes full networks.
        device: Where they run.
        column: Name of the median time in milliseconds; ``<column>_spread`` is half the distance between quartiles.
    """

    def __init__(self, space: SearchSpace, device: Device, column: str = "latency_ms") -> None:
        self.space = space
        self.device = device
        self.columns = (column, f"{column}_spread")
        self.name = device.name

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Times of ``(B, G)`` genotypes, measured side by side."""
        timing = self.device.measure([self.space.network(genotype) for genotype in self.space.check(genotypes)])
        return Evaluation(dict(zip(self.columns, timing, strict=True)))

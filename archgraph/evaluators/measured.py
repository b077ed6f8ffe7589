"""What a device measures."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.graph import ArchGraph
from archgraph.latency import Device
from archgraph.latency.machine import NoisyMachineWarning, Watch
from archgraph.latency.measurement import Measurement
from archgraph.latency.rounds import FAILURES, reason_of
from archgraph.spaces.base import SearchSpace


class Measured(Evaluator):
    """Latency of full networks, measured when asked for.

    Args:
        space: A space that describes full networks.
        device: Where they run.
        column: Name of the median time in milliseconds; ``<column>_spread`` is half the distance between quartiles.
    """

    clocks = True

    def __init__(self, space: SearchSpace, device: Device, column: str = "latency_ms") -> None:
        self.space = space
        self.device = device
        self.columns = (column, f"{column}_spread")
        self.name = device.name
        # Of all calls: a search is as long as they are together, and its times are held against each other.
        self._watch = Watch(device.local)
        self._warned = False

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Times of ``(B, G)`` genotypes, measured side by side; one that cannot run leaves the others theirs.

        Warns:
            NoisyMachineWarning: Once in all calls, if the machine is too noisy for the wanted precision or changes.
        """
        rows = self.space.check(genotypes)
        times = np.full((2, len(rows)), np.nan)
        reasons: dict[int, str] = {}
        networks: dict[int, ArchGraph] = {}
        for row, genotype in enumerate(rows):
            try:
                networks[row] = self.space.network(genotype)
            except FAILURES as error:
                reasons[row] = reason_of(error)
        numbers = list(networks)
        found: list[Measurement] = []
        for outcome in self.device.measured(list(networks.values()), self._watch):
            if outcome.found is None:
                reasons[numbers[outcome.row]] = outcome.reason
            else:
                times[:, numbers[outcome.row]] = outcome.found.median, outcome.found.spread
                found.append(outcome.found)
        remark = None if self._warned else self._watch.remark(found, self.device.protocol)
        if remark is not None:
            self._warned = True
            warnings.warn(remark, NoisyMachineWarning, stacklevel=2)
        return Evaluation(dict(zip(self.columns, times, strict=True)), reasons).explained()

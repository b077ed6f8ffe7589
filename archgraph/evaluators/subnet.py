"""What a supernet's subnets reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.evaluation import Evaluation
from archgraph.networks.evaluation import accuracy, channels_last, recalibrate
from archgraph.supernets import Supernet
from archgraph.typing import IntArray

if TYPE_CHECKING:
    import torch


class Subnet(Evaluator):
    """Accuracy of subnets under a supernet's weights, batch-norm statistics recalibrated for each.

    Args:
        supernet: Trained.
        images: Column to ``(n, C, H, W)`` images and ``(n,)`` labels to be named; values are percentages.
        calibration: ``(m, C, H, W)`` training images for the statistics.
    """

    def __init__(
        self,
        supernet: Supernet,
        images: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
        calibration: torch.Tensor,
    ) -> None:
        self.supernet = supernet
        self.images = dict(images)
        self.calibration = calibration
        self.columns = tuple(self.images)
        self.name = f"supernet-{supernet.space.name}"

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Accuracies of ``(B, G)`` genotypes, one subnet after the other."""
        return evaluate_each(self.columns, self.supernet.space.check(genotypes), self._measure)

    def _measure(self, genotype: IntArray) -> dict[str, float]:
        network = recalibrate(channels_last(self.supernet.extract(genotype)), self.calibration)
        return {column: accuracy(network, *given) for column, given in self.images.items()}

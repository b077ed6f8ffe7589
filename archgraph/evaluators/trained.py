"""What architectures reach that are trained on their own."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.evaluation import Evaluation
from archgraph.networks import build
from archgraph.networks.evaluation import accuracy, channels_last
from archgraph.networks.training import Batches, Recipe, train
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray


class Trained(Evaluator):
    """Accuracy of full networks, each trained from scratch.

    Args:
        space: A space that describes full networks.
        batches: Training images and labels of each epoch.
        images: Column to ``(n, C, H, W)`` images and ``(n,)`` labels to be named; values are percentages.
        recipe: How to train; its seed fixes the weights to begin with, too.

    Raises:
        ValueError: There is no column.
    """

    def __init__(
        self,
        space: SearchSpace,
        batches: Batches,
        images: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
        recipe: Recipe | None = None,
    ) -> None:
        if not images:
            raise ValueError("images must name at least one column, but are empty")
        self.space = space
        self.batches = batches
        self.images = dict(images)
        self.recipe = recipe or Recipe()
        self.columns = tuple(self.images)
        self.name = f"trained-{space.name}"

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Accuracies of ``(B, G)`` genotypes, one training after the other."""
        return evaluate_each(self.columns, self.space.check(genotypes), self._measure)

    def _measure(self, genotype: IntArray) -> dict[str, float]:
        weights = torch.Generator().manual_seed(self.recipe.seed)
        network = channels_last(build(self.space.network(genotype), weights))
        train(network, self.batches, self.recipe)
        return {column: accuracy(network, *given) for column, given in self.images.items()}

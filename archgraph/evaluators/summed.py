"""What sums over operators tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.spaces.base import SearchSpace

if TYPE_CHECKING:
    from archgraph.latency import OperatorSum


class Summed(Evaluator):
    """Latency of full networks as sums over operators that were measured once.

    Args:
        space: A space that describes full networks.
        model: The sum.
        column: Name of the time in milliseconds.

    Raises:
        ValueError: The space describes no full network.
    """

    name = "summed"

    def __init__(self, space: SearchSpace, model: OperatorSum, column: str = "latency_ms") -> None:
        self.space = space
        self.model = model
        self.columns = (column,)
        space.network(space.sample(1, np.random.default_rng(0))[0])

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Times of ``(B, G)`` genotypes."""
        return Evaluation({self.columns[0]: self.model.operators_ms(self.space, genotypes)})

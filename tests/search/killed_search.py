"""A search whose every step takes a moment, so that it can be killed in any phase: killed_search.py STUDY SECONDS."""

import sys
import time

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators import Evaluation, Evaluator
from archgraph.graph import GraphBatch
from archgraph.search import search
from archgraph.spaces import space


class Nodes:
    """Counts operations, weighted by a seed."""

    def __init__(self, seed: int, wait: float) -> None:
        self.weights = np.random.default_rng(seed).random(1000)
        self.wait = wait

    def predict(self, graphs: GraphBatch, return_std: bool = False) -> object:
        time.sleep(self.wait)
        total = np.bincount(graphs.graph_of_node, weights=self.weights[graphs.ops], minlength=len(graphs))
        return (total, np.full(len(graphs), 0.1)) if return_std else total


class Slow(Evaluator):
    """Sums of genes; fails for every fifth sum."""

    name = "slow"
    columns = ("acc", "ms")

    def __init__(self, wait: float) -> None:
        self.wait = wait

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        time.sleep(self.wait)
        total = np.asarray(genotypes).sum(axis=1).astype(float)
        return Evaluation({"acc": np.where(total % 5 == 0, np.nan, total), "ms": total})


if __name__ == "__main__":
    wait = float(sys.argv[2])
    search(
        space("nb201"),
        ["acc:max", "ms:min"],
        {"acc": Nodes(0, wait), "ms": Nodes(1, 0.0)},
        verifier=Slow(wait),
        candidates=400,
        population=20,
        budget=12,
        study=sys.argv[1],
    ).close()

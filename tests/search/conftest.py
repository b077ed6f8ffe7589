"""Predictors and truths that take no training: sums over the nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike

from archgraph.evaluators import Evaluation, Evaluator
from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import ATTRIBUTE, OPS
from archgraph.search import Study, search
from archgraph.spaces import SearchSpace, space


class NodeSum:
    """Every node adds the weight of its operation times its kernel plus 1; ``doubt`` is the standard deviation."""

    def __init__(self, seed: int, doubt: float = 0.1) -> None:
        # By name, so that an operation that is added to the vocabulary changes no other's weight.
        self.weights = np.array([np.random.default_rng([seed, *op.encode()]).random() for op in OPS])
        self.doubt = doubt

    def predict(self, graphs: GraphBatch, return_std: bool = False) -> object:
        amount = self.weights[graphs.ops] * (1 + np.nan_to_num(graphs.attrs[:, ATTRIBUTE["kernel"]]))
        total = np.bincount(graphs.graph_of_node, weights=amount, minlength=len(graphs))
        return (total, np.full(len(graphs), self.doubt)) if return_std else total


class Truth(Evaluator):
    """The predictors' answers with an error that depends on the architecture alone; counts its calls."""

    name = "truth"

    def __init__(self, space: SearchSpace, predictors: dict[str, NodeSum], error: float = 0.1) -> None:
        self.space, self.predictors, self.error = space, predictors, error
        self.columns = tuple(predictors)
        self.calls = 0

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        rows = self.space.canonical(genotypes)
        self.calls += len(rows)
        graphs = self.space.graphs(rows)
        error = self.error * np.sin(rows @ np.arange(1.0, self.space.genes + 1))
        return Evaluation({column: model.predict(graphs) + error for column, model in self.predictors.items()})


OBJECTIVES = ("acc:max", "ms:min")


@pytest.fixture
def predictors() -> dict[str, NodeSum]:
    return {"acc": NodeSum(0), "ms": NodeSum(1)}


@pytest.fixture
def nb201() -> SearchSpace:
    return space("nb201")


@pytest.fixture
def truth(nb201: SearchSpace, predictors: dict[str, NodeSum]) -> Truth:
    return Truth(nb201, predictors)


@pytest.fixture
def run(nb201: SearchSpace, predictors: dict[str, NodeSum]) -> Callable[..., Study]:
    """A short search of nb201, evolved rather than scored whole; keyword arguments change it."""

    def call(**options: object) -> Study:
        scores = options.get("strategy", "guided") in ("guided", "iterative", "linas")
        settings = {"population": 50, "budget": 5} | ({"candidates": 300} if scores else {}) | options
        return search(nb201, settings.pop("objectives", OBJECTIVES), settings.pop("predictors", predictors), **settings)

    return call

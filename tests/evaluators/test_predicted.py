import numpy as np
import pytest

from archgraph.evaluators import Predicted
from archgraph.graph import GraphBatch
from archgraph.spaces import space


class Edges:
    """Predicts the number of edges, give or take half of it."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def predict(self, graphs: GraphBatch, return_std: bool = False) -> object:
        self.batches.append(len(graphs))
        count = np.diff(graphs.edge_start).astype(float)
        return (count, count / 2) if return_std else count


def test_predicts_in_chunks() -> None:
    nb201, model = space("nb201"), Edges()
    genotypes = nb201.sample(10, np.random.default_rng(0))
    found = Predicted(nb201, {"edges": model}, chunk=4).evaluate(genotypes)
    assert model.batches == [4, 4, 2]
    assert found["edges"].tolist() == [len(nb201.graph(genotype).edges) for genotype in genotypes]
    assert found.std == {}


def test_passes_standard_deviations_on() -> None:
    found = Predicted(space("nb201"), {"edges": Edges()}, with_std=True).evaluate([[3, 1, 1, 3, 1, 1]])
    assert found.std["edges"].tolist() == (found["edges"] / 2).tolist()


def test_a_prediction_that_is_no_number_is_a_failure() -> None:
    class Broken:
        def predict(self, graphs: GraphBatch) -> np.ndarray:
            return np.full(len(graphs), np.nan)

    found = Predicted(space("nb201"), {"acc": Broken()}).evaluate([[0] * 6])
    assert found.reasons == {0: "acc is nan"}


def test_needs_a_predictor() -> None:
    with pytest.raises(ValueError, match="predictors must name at least one column"):
        Predicted(space("nb201"), {})


def test_no_genotypes_are_no_rows() -> None:
    assert Predicted(space("nb201"), {"edges": Edges()}).evaluate(np.empty((0, 6), int)).rows == 0

from collections.abc import Callable

import numpy as np
import pytest

from archgraph.evaluators import Predicted, View
from archgraph.graph import GraphBatch
from archgraph.predictors import ForestPredictor
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


def _noted(make: Callable[[object], GraphBatch], made: list[str]) -> Callable[[object], GraphBatch]:
    def call(rows: object) -> GraphBatch:
        made.append(make.__name__)
        return make(rows)

    return call


def test_graphs_are_made_once_for_each_view(monkeypatch: pytest.MonkeyPatch) -> None:
    nb201 = space("nb201")
    rows = nb201.sample(20, np.random.default_rng(0))
    plain, written = (ForestPredictor(seed=0).fit(nb201.graphs(rows), np.arange(20.0)) for _ in range(2))
    View(as_written=True).keep_in(written)
    made: list[str] = []
    monkeypatch.setattr(nb201, "graphs", _noted(nb201.graphs, made))
    monkeypatch.setattr(nb201, "written_graphs", _noted(nb201.written_graphs, made))
    Predicted(nb201, {"a": plain, "b": written, "c": plain, "edges": Edges()}).evaluate(rows[:3])
    assert sorted(made) == ["graphs", "written_graphs"]


def test_needs_a_predictor() -> None:
    with pytest.raises(ValueError, match="predictors must name at least one column"):
        Predicted(space("nb201"), {})


def test_no_genotypes_are_no_rows() -> None:
    assert Predicted(space("nb201"), {"edges": Edges()}).evaluate(np.empty((0, 6), int)).rows == 0

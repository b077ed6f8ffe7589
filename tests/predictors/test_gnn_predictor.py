"""The committee of graph networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.metrics import interval_coverage, kendall_tau
from archgraph.predictors import GNNPredictor, gnn_predictor, load_predictor

QUICK = {"members": 3, "width": 16, "depth": 3, "epochs": 25, "batch_size": 60}


@pytest.fixture(scope="module")
def fitted(cells: Any) -> GNNPredictor:
    return GNNPredictor(seed=3, **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_learns_accuracy(cells: Any, fitted: GNNPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    assert kendall_tau(mean, cells.accuracy[120:]) > 0.75
    assert 0.75 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1
    assert fitted.card["cv_rows"] == 36


def test_it_learns_latency_of_any_scale(cells: Any) -> None:
    model = GNNPredictor(**QUICK).fit(cells.graphs[:120], cells.latency[:120])
    assert kendall_tau(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.8


def test_the_same_seed_gives_the_same_figures(cells: Any, fitted: GNNPredictor) -> None:
    again = GNNPredictor(seed=3, **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.array_equal(again.predict(cells.graphs), fitted.predict(cells.graphs))
    assert again.card == fitted.card


def test_file(cells: Any, fitted: GNNPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params() == fitted.get_params()
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_parts_of_a_batch(cells: Any, fitted: GNNPredictor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fitted.predict(cells.graphs)
    monkeypatch.setattr(gnn_predictor, "GRAPHS_AT_ONCE", 50)
    assert fitted.predict(cells.graphs) == pytest.approx(whole, rel=1e-4)


def test_fewest_rows(cells: Any) -> None:
    model = GNNPredictor(members=2, width=4, epochs=2).fit(cells.graphs[:8], cells.accuracy[:8])
    assert np.isfinite(model.predict(cells.graphs[:9])).all()
    assert model.card["cv_rows"] == 2


def test_graphs_that_do_not_differ(cells: Any) -> None:
    model = GNNPredictor(members=2, width=4, epochs=2).fit(cells.graphs[np.zeros(10, dtype=int)], np.arange(10.0))
    assert np.isfinite(model.predict(cells.graphs[:3])).all()

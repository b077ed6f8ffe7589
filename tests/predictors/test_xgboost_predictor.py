"""Boosted trees on graph features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.metrics import interval_coverage, kendall_tau, within
from archgraph.predictors import XGBoostPredictor, load_predictor


@pytest.fixture(scope="module")
def fitted(cells: Any) -> XGBoostPredictor:
    return XGBoostPredictor(seed=3).fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_learns_accuracy(cells: Any, fitted: XGBoostPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    assert kendall_tau(mean, cells.accuracy[120:]) > 0.8
    assert fitted.card_["cv_tau"] > 0.75
    assert 0.8 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1


def test_it_learns_latency_of_any_scale(cells: Any) -> None:
    model = XGBoostPredictor().fit(cells.graphs[:120], cells.latency[:120])
    assert kendall_tau(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.85
    assert within(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.7


def test_the_same_seed_gives_the_same_figures(cells: Any, fitted: XGBoostPredictor) -> None:
    again = XGBoostPredictor(seed=3).fit(cells.graphs[:120], cells.accuracy[:120])
    other = XGBoostPredictor(seed=4).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.array_equal(again.predict(cells.graphs), fitted.predict(cells.graphs))
    assert again.card_ == fitted.card_
    assert not np.array_equal(other.predict(cells.graphs), fitted.predict(cells.graphs))


def test_file(cells: Any, fitted: XGBoostPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params() == fitted.get_params()
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_asking_for_deviations_changes_no_mean(cells: Any, fitted: XGBoostPredictor) -> None:
    mean, std = fitted.predict(cells.graphs, return_std=True)
    assert np.array_equal(mean, fitted.predict(cells.graphs))
    assert (std > 0).all()
    assert len(np.unique(std)) > 100


def test_fewest_rows(cells: Any) -> None:
    model = XGBoostPredictor().fit(cells.graphs[:8], cells.accuracy[:8])
    assert model.card_["cv_rows"] == 8
    assert np.isfinite(model.predict(cells.graphs)).all()


def test_graphs_that_do_not_differ(cells: Any) -> None:
    model = XGBoostPredictor(rounds=5).fit(cells.graphs[np.zeros(10, dtype=int)], np.arange(10.0))
    assert model.predict(cells.graphs[:3]) == pytest.approx(4.5, abs=1)

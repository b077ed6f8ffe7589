"""Extremely randomised trees on graph features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.metrics import interval_coverage, kendall_tau
from archgraph.predictors import ForestPredictor, forest_predictor, load_predictor


@pytest.fixture(scope="module")
def fitted(cells: Any) -> ForestPredictor:
    return ForestPredictor(trees=5, seed=3).fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_learns_accuracy(cells: Any, fitted: ForestPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    assert kendall_tau(mean, cells.accuracy[120:]) > 0.75
    assert fitted.card_["cv_tau"] > 0.7
    assert fitted.card_["cv_rows"] == 120
    assert 0.8 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1


def test_the_same_seed_gives_the_same_figures(cells: Any, fitted: ForestPredictor) -> None:
    again = ForestPredictor(trees=5, seed=3).fit(cells.graphs[:120], cells.accuracy[:120])
    other = ForestPredictor(trees=5, seed=4).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.array_equal(again.predict(cells.graphs), fitted.predict(cells.graphs))
    assert again.card_ == fitted.card_
    assert not np.array_equal(other.predict(cells.graphs), fitted.predict(cells.graphs))


def test_file(cells: Any, fitted: ForestPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params() == fitted.get_params()
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_many_rows_do_not_make_large_trees(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def nodes() -> int:
        model = ForestPredictor(members=2, trees=2, min_leaf=1).fit(cells.graphs, cells.accuracy)
        return len(model.booster_.trees_to_dataframe())

    free = nodes()
    monkeypatch.setattr(forest_predictor, "LARGEST_TREE", 24)
    assert nodes() < 4 * 2 * 24 < free


def test_fewest_rows(cells: Any) -> None:
    model = ForestPredictor(trees=3).fit(cells.graphs[:8], cells.accuracy[:8])
    assert (model.card_["cv_rows"], model.members_) == (8, 8)
    assert np.isfinite(model.predict(cells.graphs, return_std=True)).all()


def test_graphs_that_do_not_differ(cells: Any) -> None:
    model = ForestPredictor(trees=3).fit(cells.graphs[np.zeros(10, dtype=int)], np.arange(10.0))
    assert model.predict(cells.graphs[:3]) == pytest.approx(4.5, abs=1)


def test_a_target_that_is_the_same_everywhere(cells: Any) -> None:
    model = ForestPredictor(trees=3).fit(cells.graphs[:20], np.full(20, 3.0))
    assert model.predict(cells.graphs[:5]) == pytest.approx(3)

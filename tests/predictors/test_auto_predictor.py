"""Several predictors as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from archgraph.features import GraphFeatures
from archgraph.graph import GraphBatch
from archgraph.metrics import interval_coverage, kendall_tau
from archgraph.predictors import REGISTRY, AutoPredictor, Predictor, load_predictor
from archgraph.predictors.base import Scaled
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.gnn_predictor import GNNPredictor

QUICK = ("gp", "xgb", "forest")


class Mean(FeaturePredictor):
    """Predicts the mean of the training targets; holds out every other row."""

    kind: ClassVar[str] = "mean"

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def _learn(self, batch: GraphBatch, x: np.ndarray, z: np.ndarray) -> Scaled:
        self.mean_ = float(z.mean())
        return Scaled(np.where(np.arange(len(z)) % 2, self.mean_, np.nan), np.zeros(len(z)))

    def _answer(self, batch: GraphBatch, x: np.ndarray, spread: bool) -> Scaled:
        return Scaled(np.full(len(x), self.mean_), np.zeros(len(x)))

    def _model_parts(self) -> dict[str, bytes]:
        return {"mean.json": json.dumps(self.mean_).encode()}

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        self.mean_ = json.loads(parts["mean.json"])


@pytest.fixture
def with_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY._targets, "mean", Mean)


@pytest.fixture(scope="module")
def fitted(cells: Any) -> AutoPredictor:
    return AutoPredictor(QUICK, seed=3).fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_is_about_as_good_as_its_best_member(cells: Any, fitted: AutoPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    alone = [REGISTRY.get(name)(seed=3).fit(cells.graphs[:120], cells.accuracy[:120]) for name in QUICK]
    best = max(kendall_tau(model.predict(cells.graphs[120:]), cells.accuracy[120:]) for model in alone)
    assert kendall_tau(mean, cells.accuracy[120:]) > best - 0.01
    assert 0.8 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1
    assert fitted.card_["cv_rows"] == 120
    assert set(fitted.card_["weights"]) <= set(QUICK)
    assert sum(fitted.card_["weights"].values()) == pytest.approx(1)


def test_the_mean_is_weighed(cells: Any, fitted: AutoPredictor) -> None:
    answers = [
        weight * fitted.members_[name]._predict(cells.graphs, spread=False).mean
        for name, weight in fitted.weights_.items()
    ]
    assert fitted.predict(cells.graphs) == pytest.approx(fitted.scale_.unscale(np.sum(answers, axis=0)))


def test_a_member_of_no_use_is_dropped(cells: Any, with_mean: None, tmp_path: Path) -> None:
    model = AutoPredictor(("mean", "gp")).fit(cells.graphs[:60], cells.accuracy[:60])
    assert list(model.weights_) == ["gp"]
    model.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert np.array_equal(copy.predict(cells.graphs), model.predict(cells.graphs))


def test_rows_that_one_member_lacks_are_left_to_the_others(cells: Any, with_mean: None) -> None:
    noise = np.random.default_rng(0).normal(size=60)
    model = AutoPredictor(("mean", "gp")).fit(cells.graphs[:60], noise)
    assert set(model.weights_) == {"mean", "gp"}
    assert model.card_["cv_rows"] == 60
    assert AutoPredictor(("mean",)).fit(cells.graphs[:60], noise).card_["cv_rows"] == 30


def test_features_are_computed_once(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    transform = GraphFeatures.transform

    def counted(self: GraphFeatures, graphs: Any) -> Any:
        seen.append(len(graphs))
        return transform(self, graphs)

    monkeypatch.setattr(GraphFeatures, "transform", counted)
    AutoPredictor(QUICK).fit(cells.graphs[:60], cells.accuracy[:60]).predict(cells.graphs, return_std=True)
    assert seen == [60, 240]


def test_the_same_seed_gives_the_same_figures(cells: Any, fitted: AutoPredictor) -> None:
    again = AutoPredictor(QUICK, seed=3).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.array_equal(again.predict(cells.graphs), fitted.predict(cells.graphs))
    assert again.card_ == fitted.card_


def test_file(cells: Any, fitted: AutoPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert tuple(copy.members) == fitted.members
    assert copy.card_ == fitted.card_
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_a_graph_network_among_the_members(cells: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Small(GNNPredictor):
        def __init__(self, seed: int = 0) -> None:
            super().__init__(members=2, width=8, depth=2, epochs=5, seed=seed)

    monkeypatch.setitem(REGISTRY._targets, "gnn", Small)
    model = AutoPredictor(("gnn",)).fit(cells.graphs[:60], cells.accuracy[:60])
    alone = Small().fit(cells.graphs[:60], cells.accuracy[:60])
    assert np.array_equal(model.predict(cells.graphs), alone.predict(cells.graphs))
    model.save(tmp_path / "model")
    assert np.array_equal(load_predictor(tmp_path / "model").predict(cells.graphs), alone.predict(cells.graphs))


def test_fewest_rows(cells: Any) -> None:
    model = AutoPredictor(QUICK).fit(cells.graphs[:8], cells.accuracy[:8])
    assert np.isfinite(model.predict(cells.graphs, return_std=True)).all()


def test_a_target_that_is_the_same_everywhere(cells: Any) -> None:
    model = AutoPredictor(QUICK).fit(cells.graphs[:20], np.full(20, 3.0))
    assert model.predict(cells.graphs[:5]) == pytest.approx(3)


def test_only_predictors_on_features_can_be_members(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(Predictor):
        def __init__(self, seed: int = 0) -> None:
            self.seed = seed

        def _fit(self, batch: GraphBatch, z: np.ndarray) -> Scaled: ...
        def _predict(self, batch: GraphBatch, spread: bool) -> Scaled: ...
        def _parts(self) -> dict[str, bytes]: ...
        def _restore(self, parts: Mapping[str, bytes]) -> None: ...

    monkeypatch.setitem(REGISTRY._targets, "other", Other)
    with pytest.raises(ValueError, match="members must be predictors that learn from graph features, but 'other' is"):
        AutoPredictor(("other",)).fit(cells.graphs[:20], cells.accuracy[:20])

"""The predictors that are registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from archgraph import predictors
from archgraph.predictors import REGISTRY, Predictor
from archgraph.registry import UnknownNameError
from tests.predictors.priors import foreign_prior


@pytest.mark.parametrize("name", ["auto", "device", "forest", "gnn", "gp", "transfer", "xgb"])
def test_registered(name: str) -> None:
    kind = REGISTRY.get(name)
    assert issubclass(kind, Predictor)
    assert kind.kind == name
    assert kind(seed=5).get_params()["seed"] == 5


SMALL: dict[str, dict[str, Any]] = {
    "auto": {"members": ("forest",)},
    "device": {},
    "forest": {"members": 2, "trees": 4},
    "gnn": {"members": 2, "width": 8, "depth": 2, "epochs": 3, "batch_size": 60},
    "gp": {"members": 3, "steps": 5},
    "transfer": {"prior": foreign_prior(), "base": "forest"},
    "xgb": {"members": 2, "rounds": 5},
}

CHOICES: dict[str, tuple[str, list[Any]]] = {
    "auto": ("seed", [4, 5]),
    "device": ("seed", [4, 5]),
    "forest": ("members", [2, 3]),
    "gnn": ("members", [2, 3]),
    "gp": ("freedom", [0.5, 1.5]),
    "transfer": ("seed", [4, 5]),
    "xgb": ("members", [2, 3]),
}
"""A parameter of each to search over."""


@pytest.fixture(params=sorted(SMALL))
def small(request: pytest.FixtureRequest) -> Predictor:
    """Each registered predictor, quick to train."""
    return REGISTRY.get(request.param)(seed=1, **SMALL[request.param])


def test_all_registered_are_tried_here() -> None:
    assert set(SMALL) <= set(REGISTRY)
    assert {name for name in REGISTRY if REGISTRY.get(name).__module__.startswith("archgraph.")} == set(SMALL)


def test_manners_of_scikit_learn(cells: Any, small: Predictor) -> None:
    assert is_regressor(small)
    assert clone(small).get_params() == small.get_params()
    graphs, y = cells.graphs[:60], cells.accuracy[:60]
    before = small.get_params()
    scores = cross_val_score(small, graphs, y, cv=3)
    assert np.isfinite(scores).all()
    assert small.get_params() == before
    assert not hasattr(small, "card_")
    guesses = cross_val_predict(small, graphs, y, cv=3)
    expected = clone(small).fit(graphs[20:], y[20:]).predict(graphs[:20])
    assert guesses[:20] == pytest.approx(expected)


def test_a_search_over_parameters_finds_one_that_can_be_saved(cells: Any, small: Predictor, tmp_path: Path) -> None:
    name, values = CHOICES[small.kind]
    found = GridSearchCV(small, {name: np.array(values)}, cv=2, scoring="neg_mean_absolute_error").fit(
        cells.graphs[:60], cells.latency[:60]
    )
    assert found.best_params_[name] in values
    found.best_estimator_.save(tmp_path / "model")
    copy = predictors.load_predictor(tmp_path / "model")
    assert copy.predict(cells.graphs) == pytest.approx(found.predict(cells.graphs))


def test_a_pipeline_ends_in_a_predictor(cells: Any, small: Predictor) -> None:
    pipeline = make_pipeline(FunctionTransformer(), small).fit(cells.graphs[:60], cells.accuracy[:60])
    expected = clone(small).fit(cells.graphs[:60], cells.accuracy[:60]).predict(cells.graphs)
    assert pipeline.predict(cells.graphs) == pytest.approx(expected)


def test_parameters_that_change_after_fitting_change_no_prediction(
    cells: Any, small: Predictor, tmp_path: Path
) -> None:
    small.fit(cells.graphs[:60], cells.accuracy[:60])
    before = small.predict(cells.graphs, return_std=True)
    name, values = CHOICES[small.kind]
    for value in values:
        small.set_params(**{name: value})
        assert np.array_equal(small.predict(cells.graphs, return_std=True), before)
    small.save(tmp_path / "model")
    copy = predictors.load_predictor(tmp_path / "model")
    assert np.array_equal(copy.predict(cells.graphs, return_std=True), before)


def test_nothing_in_nothing_out(cells: Any, small: Predictor) -> None:
    small.fit(cells.graphs[:60], cells.accuracy[:60])
    mean, std = small.predict(cells.graphs[:0], return_std=True)
    assert mean.shape == std.shape == (0,)


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("xgb", {"members": 1}, "members must be at least 2"),
        ("xgb", {"rounds": 0}, "rounds must be a whole number at least 1, but is 0"),
        ("xgb", {"subsample": 2.0}, "value 2 for Parameter subsample exceed bound"),
        ("gnn", {"epochs": 0}, "epochs must be a whole number at least 1, but is 0"),
        ("gnn", {"width": "wide"}, "width must be a whole number at least 1, but is 'wide'"),
        ("gnn", {"folds": 1}, "folds must be at least 2, but is 1"),
        ("gnn", {"dropout": 1.0}, "dropout must be below 1, but is 1.0"),
        ("gnn", {"learning_rate": "fast"}, "learning_rate must be a number of at least 0, but is 'fast'"),
        ("gnn", {"seed": None}, "seed must be a whole number in 0..4294967295, but is None"),
        ("auto", {"members": ()}, r"members must be one or more different names of predictors, but are \(\)"),
        ("auto", {"members": "gp"}, "members must be one or more different names of predictors, but are 'gp'"),
        ("auto", {"members": ("gp", "auto")}, "members must be predictors that learn from graph features, but 'auto'"),
        ("forest", {"members": 1}, "members must be at least 2"),
        ("forest", {"max_features": 1.5}, "max_features must be above 0 and at most 1, but is 1.5"),
        ("forest", {"min_leaf": 0}, "min_leaf must be a whole number at least 1, but is 0"),
        ("gp", {"freedom": 0}, "freedom must be above 0, but is 0"),
        ("gp", {"inducing": 0}, "inducing must be a whole number at least 1, but is 0"),
        ("transfer", {"base": "transfer"}, "base must be a predictor that learns from graph features, but 'transfer'"),
        ("xgb", {"seed": -1}, "seed must be a whole number in 0..4294967295, but is -1"),
        ("gnn", {"learning_rate": 1e30, "weight_decay": 1e30}, "training diverged; choose gentler parameters"),
    ],
)
def test_parameters_out_of_range_are_one_clear_line(
    cells: Any, kind: str, parameters: dict[str, Any], message: str
) -> None:
    model = REGISTRY.get(kind)(**SMALL[kind] | parameters)
    with pytest.raises(ValueError, match=message):
        model.fit(cells.graphs[:40], cells.accuracy[:40])


def test_names_are_lazy() -> None:
    assert predictors.XGBoostPredictor is REGISTRY.get("xgb")
    assert predictors.AutoPredictor is REGISTRY.get("auto")
    assert predictors.ForestPredictor is REGISTRY.get("forest")
    assert predictors.GNNPredictor is REGISTRY.get("gnn")
    assert predictors.GaussianProcessPredictor is REGISTRY.get("gp")
    assert predictors.TransferPredictor is REGISTRY.get("transfer")
    with pytest.raises(AttributeError, match="no attribute 'Oracle'"):
        _ = predictors.Oracle  # type: ignore[attr-defined]  # there is none


def test_unknown() -> None:
    with pytest.raises(UnknownNameError, match="Unknown predictor 'xbg'. Did you mean 'xgb'?"):
        REGISTRY.get("xbg")

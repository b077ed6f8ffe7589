"""The predictors that are registered."""

from __future__ import annotations

import pytest

from archgraph import predictors
from archgraph.predictors import REGISTRY, Predictor
from archgraph.registry import UnknownNameError


@pytest.mark.parametrize("name", ["gnn", "xgb"])
def test_registered(name: str) -> None:
    kind = REGISTRY.get(name)
    assert issubclass(kind, Predictor)
    assert kind.kind == name
    assert kind(seed=5).get_params()["seed"] == 5


def test_names_are_lazy() -> None:
    assert predictors.XGBoostPredictor is REGISTRY.get("xgb")
    assert predictors.GNNPredictor is REGISTRY.get("gnn")
    with pytest.raises(AttributeError, match="no attribute 'Oracle'"):
        _ = predictors.Oracle  # type: ignore[attr-defined]  # there is none


def test_unknown() -> None:
    with pytest.raises(UnknownNameError, match="Unknown predictor 'xbg'. Did you mean 'xgb'?"):
        REGISTRY.get("xbg")

"""The committee of graph networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from archgraph.metrics import interval_coverage, kendall_tau
from archgraph.predictors import GNNPredictor, gnn_predictor, load_predictor
from archgraph.registry import UnknownNameError

QUICK = {"members": 3, "width": 16, "depth": 3, "epochs": 25, "batch_size": 60}


@pytest.fixture(scope="module")
def fitted(cells: Any) -> GNNPredictor:
    return GNNPredictor(seed=3, **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_learns_accuracy(cells: Any, fitted: GNNPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    assert kendall_tau(mean, cells.accuracy[120:]) > 0.75
    assert 0.75 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1
    assert fitted.card_["cv_rows"] == 36


def test_it_learns_latency_of_any_scale(cells: Any) -> None:
    model = GNNPredictor(**QUICK).fit(cells.graphs[:120], cells.latency[:120])
    assert kendall_tau(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.8


def test_the_same_seed_gives_the_same_figures(cells: Any, fitted: GNNPredictor) -> None:
    again = GNNPredictor(seed=3, **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.array_equal(again.predict(cells.graphs), fitted.predict(cells.graphs))
    assert again.card_ == fitted.card_


def test_file(cells: Any, fitted: GNNPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params() == fitted.get_params()
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_parts_of_a_batch(cells: Any, fitted: GNNPredictor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fitted.predict(cells.graphs)
    monkeypatch.setattr(gnn_predictor, "NODES_AT_ONCE", {"cpu": 200})
    assert fitted.predict(cells.graphs) == pytest.approx(whole, rel=1e-4)


def test_fewest_rows(cells: Any) -> None:
    model = GNNPredictor(members=2, width=4, epochs=2).fit(cells.graphs[:8], cells.accuracy[:8])
    assert np.isfinite(model.predict(cells.graphs[:9])).all()
    assert model.card_["cv_rows"] == 2


def test_graphs_that_do_not_differ(cells: Any) -> None:
    model = GNNPredictor(members=2, width=4, epochs=2).fit(cells.graphs[np.zeros(10, dtype=int)], np.arange(10.0))
    assert np.isfinite(model.predict(cells.graphs[:3])).all()


@pytest.mark.parametrize("layer", ["attention", "gcn", "gin", "gatv2"])
def test_other_layers_learn_too(cells: Any, layer: str, tmp_path: Path) -> None:
    model = GNNPredictor(layer=layer, **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])
    found = model.predict(cells.graphs[120:])
    assert kendall_tau(found, cells.accuracy[120:]) > 0.7
    model.save(tmp_path / "model")
    assert np.array_equal(load_predictor(tmp_path / "model").predict(cells.graphs[120:]), found)


def test_unknown_layer(cells: Any) -> None:
    with pytest.raises(UnknownNameError, match="Unknown layer 'sage'"):
        GNNPredictor(layer="sage", **QUICK).fit(cells.graphs[:20], cells.accuracy[:20])


def test_a_device_that_is_not_there(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device 'cuda' is not there: torch sees 0 GPUs; choose 'cpu' or 'auto'"):
        GNNPredictor(device="cuda", **QUICK).fit(cells.graphs[:20], cells.accuracy[:20])
    model = GNNPredictor(device="auto", members=2, width=4, epochs=1).fit(cells.graphs[:20], cells.accuracy[:20])
    assert model.network_.device == torch.device("cpu")


def test_a_model_from_a_machine_with_a_gpu(cells: Any, fitted: GNNPredictor, tmp_path: Path) -> None:
    """What the file says of the device is no reason not to predict where there is no such device."""
    fitted.parameters_["device"] = "cuda:7"
    try:
        fitted.save(tmp_path / "model")
    finally:
        fitted.parameters_["device"] = "cpu"
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params()["device"] == "cuda:7"
    assert np.array_equal(copy.predict(cells.graphs), fitted.predict(cells.graphs))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU")
@pytest.mark.parametrize("layer", ["flow", "attention", "gcn", "gin", "gatv2"])
def test_a_gpu_predicts_as_the_cpu_does(cells: Any, layer: str, tmp_path: Path) -> None:
    model = GNNPredictor(layer=layer, device="cuda", **QUICK).fit(cells.graphs[:120], cells.accuracy[:120])
    assert model.network_.device.type == "cuda"
    found = model.predict(cells.graphs[120:])
    assert kendall_tau(found, cells.accuracy[120:]) > 0.7
    model.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    copy.network_.to("cpu")
    assert copy.predict(cells.graphs[120:]) == pytest.approx(found, rel=1e-4)

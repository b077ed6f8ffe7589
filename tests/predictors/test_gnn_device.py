"""Names of devices."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch

from archgraph.predictors import GNNPredictor
from archgraph.predictors.gnn_device import chosen_device, device_or_cpu
from archgraph.predictors.gnn_layers import LAYERS


def test_devices_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_device("cpu") == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen_device("auto") == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert chosen_device("auto") == torch.device("cuda")
    assert chosen_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(ValueError, match="device 'cuda:2' is not there: torch sees 2 GPUs; choose 'cpu' or 'auto'"):
        chosen_device("cuda:2")


def test_devices_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device 'cuda' is not there: torch sees 0 GPUs; choose 'cpu' or 'auto'"):
        chosen_device("cuda")
    assert device_or_cpu("cuda:3") == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "meta", None, "cuda:x"])
def test_devices_that_mean_nothing(name: str) -> None:
    with pytest.raises(ValueError, match="device must be 'cpu', 'cuda', 'cuda:<number>' or 'auto', but is"):
        chosen_device(name)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_gpu_predicts_what_the_cpu_does(cells: Any, layer: str) -> None:
    small = {"members": 3, "width": 16, "depth": 3, "epochs": 5}
    trained = GNNPredictor(layer=layer, **small).fit(cells.graphs[:120], cells.accuracy[:120])
    moved = deepcopy(trained)
    moved.network_.to("cuda")
    on_cpu, on_gpu = (model.predict(cells.graphs, return_std=True) for model in (trained, moved))
    assert np.abs(np.subtract(on_gpu, on_cpu)).max() < 1e-4 * cells.accuracy.std()
    learned = GNNPredictor(layer=layer, device="cuda", **small).fit(cells.graphs[:120], cells.accuracy[:120])
    assert np.isfinite(learned.predict(cells.graphs)).all()

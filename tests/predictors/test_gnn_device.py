"""Names of devices."""

from __future__ import annotations

import pytest
import torch

from archgraph.predictors.gnn_device import chosen_device, device_or_cpu


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

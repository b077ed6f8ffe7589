from __future__ import annotations

import pytest

from archgraph import latency


def test_every_device_is_there_and_is_one() -> None:
    assert list(latency.REGISTRY) == ["command", "onnx-cpu", "torch-cpu", "torch-cuda"]
    for name in latency.REGISTRY:
        assert issubclass(latency.REGISTRY.get(name), latency.Device)


def test_every_public_name_is_there() -> None:
    for name in latency.__all__:
        assert getattr(latency, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'TorchTPU'"):
        _ = latency.TorchTPU

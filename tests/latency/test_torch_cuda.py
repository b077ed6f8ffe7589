"""Times on a GPU; most of it needs one."""

from __future__ import annotations

import pytest
import torch

from archgraph.graph import ArchGraph, GraphBuilder
from archgraph.latency import Protocol, TorchCUDA
from archgraph.registry import UnknownNameError

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA GPU")


def chain(channels: int, size: int) -> ArchGraph:
    net = GraphBuilder()
    x = net.input(3, size, size)
    for _ in range(6):
        x = net.conv(x, channels, kernel=3)
    net.output(x)
    return net.graph()


@needs_gpu
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_more_work_takes_longer_and_replay_is_no_slower_than_launching(precision: str) -> None:
    networks = [chain(8, 32), chain(512, 128)]
    for capture in (True, False):
        device = TorchCUDA(precision=precision, capture=capture, protocol=Protocol(rounds=6))
        found = sorted(device.measured(networks), key=lambda outcome: outcome.row)
        small, large = (outcome.found for outcome in found)
        assert small is not None
        assert large is not None
        assert small.median < large.median / 3


@needs_gpu
def test_the_card_names_the_gpu() -> None:
    card = TorchCUDA(batch=4).card()
    assert card["processor"] == torch.cuda.get_device_name(0)
    assert (card["batch"], card["precision"]) == ("4", "float32")


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"torch sees 0 CUDA GPUs here, so there is no number 0; measure on torch-cpu"):
        TorchCUDA()


def test_unknown_precisions_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown precision 'float8'"):
        TorchCUDA(precision="float8")

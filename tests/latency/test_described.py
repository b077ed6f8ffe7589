"""Devices out of plain values."""

from __future__ import annotations

import sys

import pytest

from archgraph.latency import Command, TorchCPU
from archgraph.latency.described import device_of
from archgraph.registry import UnknownNameError


def test_arguments_of_the_device_and_of_its_protocol_may_be_mixed() -> None:
    device = device_of("torch-cpu", {"batch": 4, "rounds": 3, "precision_goal": 0.5})
    assert isinstance(device, TorchCPU)
    assert device.batch == 4
    assert (device.protocol.rounds, device.protocol.precision_goal, device.protocol.repeats) == (3, 0.5, 9)


def test_the_rest_of_the_protocol_is_that_of_its_kind() -> None:
    device = device_of("command", {"command": [sys.executable, "{model}"], "rounds": 20})
    assert isinstance(device, Command)
    assert (device.protocol.rounds, device.protocol.repeats, device.protocol.warm_up) == (20, 1, 0)


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown device 'torch-gpu'"):
        device_of("torch-gpu", {})
    with pytest.raises(
        UnknownNameError, match="Unknown argument of the device 'torch-cpu' 'thread'. Did you mean 'threads'"
    ):
        device_of("torch-cpu", {"thread": 2})
    with pytest.raises(ValueError, match="the device 'command' takes a 'command'; give one"):
        device_of("command", {})
    with pytest.raises(ValueError, match="rounds must be a whole number at least 1, but is 0"):
        device_of("torch-cpu", {"rounds": 0})

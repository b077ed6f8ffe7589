"""The contract of devices: registered ones keep it, and broken ones are found out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
import torch

from archgraph.graph import ArchGraph
from archgraph.latency import REGISTRY, Device
from archgraph.latency.described import device_of
from archgraph.latency.device import Run
from archgraph.latency.torch_cpu import TorchCPU
from archgraph.testing import check_device

ARGUMENTS = {"command": {"command": [sys.executable, "-S", "-c", "print(2.5)", "{model}"]}}


@pytest.mark.parametrize("kind", list(REGISTRY))
def test_every_registered_device_keeps_the_contract(kind: str) -> None:
    if kind == "torch-cuda" and not torch.cuda.is_available():
        pytest.skip("torch sees no CUDA GPU")
    device = device_of(kind, ARGUMENTS.get(kind, {}))
    protocol = device.protocol
    check_device(device)
    assert device.protocol is protocol


class Good(Device):
    """As long as it has nodes."""

    name = "good"

    def load(self, network: ArchGraph | Path) -> Run:
        TorchCPU().load(network)
        return lambda: 1.0

    def card(self) -> dict[str, str]:
        return {"protocol": self.protocol.describe()}


class Nameless(Good):
    name = ""


class Numbers(Good):
    def card(self) -> dict[str, str]:
        return {"batch": 1}  # type: ignore[dict-item]  # the mistake to find


class Restless(Good):
    asked = count()

    def card(self) -> dict[str, str]:
        return super().card() | {"call": str(next(self.asked))}


class Silent(Good):
    def card(self) -> dict[str, str]:
        return {}


class Timeless(Good):
    def load(self, network: ArchGraph | Path) -> Run:
        super().load(network)
        return lambda: 0.0


class Credulous(Good):
    def load(self, network: ArchGraph | Path) -> Run:
        return lambda: 1.0


class Odd(Good):
    def load(self, network: ArchGraph | Path) -> Run:
        if isinstance(network, Path):
            raise KeyError(network)
        return super().load(network)


def test_a_good_one_of_ones_own() -> None:
    check_device(Good())


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Nameless, "name must be text, but is ''"),
        (Numbers, r"card must be texts by name, so that it can be kept and compared, but is \{'batch': 1\}"),
        (Restless, "card must be the same each time"),
        (Silent, "card must say by which protocol"),
        (Timeless, "a small network must be measured, but was not: a run is said to have taken 0 ms"),
        (Credulous, "a network with an unknown operation must raise one of ValueError, .*, but ran"),
        (Odd, "a file that is not there must raise one of .*, but raised KeyError"),
    ],
)
def test_broken_ones_are_found_out(broken: Callable[[], Device], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_device(broken())

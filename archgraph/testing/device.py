"""What every device must do: the contract of ``Device`` as a check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archgraph.graph import GraphBuilder
from archgraph.latency import Device
from archgraph.latency.rounds import FAILURES
from archgraph.testing.contract import require

_MISSING = Path("no-such-folder") / "no-such-file.onnx"


def check_device(device: Device) -> None:
    """Measure a small network, then what cannot be measured.

    Args:
        device: Its protocol is shortened for the check, and put back.

    Raises:
        AssertionError: The device breaks the contract; the message says where.
    """
    _check_card(device)
    before = device.protocol
    device.protocol = replace(before, rounds=2, repeats=2, settle=0, warm_up=0)
    try:
        _check_times(device)
        _check_failures(device)
    finally:
        device.protocol = before


def _check_card(device: Device) -> None:
    require(isinstance(device.name, str) and device.name, f"name must be text, but is {device.name!r}")
    card = device.card()
    texts = all(isinstance(each, str) for pair in card.items() for each in pair)
    require(texts, f"card must be texts by name, so that it can be kept and compared, but is {card}")
    require(device.card() == card, "card must be the same each time, for a column takes one card only")
    require("protocol" in card, "card must say by which protocol the times are measured")


def _check_times(device: Device) -> None:
    net = GraphBuilder()
    x = net.add("relu", [net.conv(net.input(3, 8, 8), 4, kernel=3)])
    net.output(net.linear(net.flatten(net.global_avg_pool(x)), 2))
    outcomes = list(device.measured([net.graph()]))
    require([outcome.row for outcome in outcomes] == [0], f"a network must have one outcome, but has {outcomes}")
    require(outcomes[0].found is not None, f"a small network must be measured, but was not: {outcomes[0].reason}")


def _check_failures(device: Device) -> None:
    net = GraphBuilder()
    net.output(net.add("other", [net.input(3, 8, 8)]))
    unknown = net.graph()
    for network, what in ((unknown, "a network with an unknown operation"), (_MISSING, "a file that is not there")):
        try:
            device.load(network)()
        except FAILURES:
            continue
        except Exception as error:
            raise AssertionError(f"{what} must raise one of {_names()}, but raised {error!r}") from error
        raise AssertionError(f"{what} must raise one of {_names()}, but ran")


def _names() -> str:
    return ", ".join(kind.__name__ for kind in FAILURES)

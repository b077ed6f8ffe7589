"""Devices out of plain values, as cards and the command line name them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from archgraph.latency import REGISTRY
from archgraph.latency.device import Device
from archgraph.latency.protocol import Protocol
from archgraph.registry import UnknownNameError


def device_of(kind: str, arguments: Mapping[str, Any]) -> Device:
    """The device that plain values describe.

    Args:
        kind: A registered name.
        arguments: Arguments of the device, and fields of ``Protocol`` that differ from those of its kind.

    Raises:
        UnknownNameError: There is no such device, or it has no such argument.
        ValueError: A value is out of range, or an argument is missing.
        ImportError: The device takes a package that is not installed.
    """
    made = REGISTRY.get(kind)
    known = {name: value for name, value in inspect.signature(made).parameters.items() if name != "protocol"}
    settings = [field.name for field in fields(Protocol)]
    for name in arguments:
        if name not in known and name not in settings:
            raise UnknownNameError(f"argument of the device {kind!r}", name, sorted({*known, *settings}))
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise ValueError(f"the device {kind!r} takes a {name!r}; give one")
    own = {name: value for name, value in arguments.items() if name in known}
    rules = {name: value for name, value in arguments.items() if name not in known}
    return made(**own, protocol=replace(made.standard, **rules))

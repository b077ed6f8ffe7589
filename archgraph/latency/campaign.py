"""Many architectures measured into one table, however often that is broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from archgraph.graph import ArchGraph
from archgraph.latency.device import Device
from archgraph.latency.latency_table import LatencyTable
from archgraph.latency.machine import Watch
from archgraph.latency.measurement import Measurement
from archgraph.latency.rounds import FAILURES, Outcome, reason_of

IN_A_ROW = 5
"""Failures one after the other after which the others are not tried: the device is gone, or nothing fits it."""


@dataclass
class Campaign:
    """What became of the architectures that were to be measured.

    Attributes:
        measured: Those measured now, to their times.
        failed: Those that failed, to the reason, in one line.
        kept: How many the table had already.
        elsewhere: How many other processes are measuring, or have measured meanwhile.
        untried: How many were left because so many failed one after the other.
        remark: Why times are less precise than wanted, and what to do; None if they are precise.
    """

    measured: dict[str, Measurement] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    elsewhere: int = 0
    untried: int = 0
    remark: str | None = None


def measure_into(
    table: LatencyTable,
    column: str,
    device: Device,
    networks: Mapping[str, Callable[[], ArchGraph | Path]],
    progress: Callable[[str, int, int], None] | None = None,
) -> Campaign:
    """Measure what the table lacks; every time is in the table as soon as it is known.

    Other processes may measure into the same table, and the same column, at the same time.

    Args:
        table: Where the times go.
        column: Its column, which stays with one device.
        device: What measures.
        networks: Architecture, as the table names it, to what makes its full graph or names its ONNX file.
        progress: Called with a phase, the architectures done and those to do.

    Raises:
        ValueError: The column was begun on another device, or the table is damaged.
        OSError: The table cannot be written.
        ImportError: The device takes a package that is not installed.
    """
    table.begin(column, {"device": device.name} | device.card())
    order = [list(networks)[place] for place in np.random.default_rng(device.protocol.seed).permutation(len(networks))]
    known = {row.architecture for row in table.rows(column)}
    campaign = Campaign(kept=sum(name in known for name in order))
    watch = Watch(device.local)
    waiting = [name for name in order if name not in known]
    in_a_row = 0
    while in_a_row < IN_A_ROW:
        _tell(progress, campaign, len(order))
        claimed = table.claim(column, waiting, device.protocol.together)
        if not claimed:
            break
        try:
            for name, outcome in _outcomes(device, {name: networks[name] for name in claimed}, watch):
                waiting.remove(name)
                if outcome.found is None:
                    campaign.failed[name] = outcome.reason
                    in_a_row += 1
                    if in_a_row >= IN_A_ROW:
                        break
                else:
                    table.add(column, name, outcome.found)
                    campaign.measured[name] = outcome.found
                    in_a_row = 0
                _tell(progress, campaign, len(order))
        finally:
            table.release(column, [name for name in claimed if name not in campaign.measured])
    if in_a_row >= IN_A_ROW:
        campaign.untried = len(waiting)
    else:
        campaign.elsewhere = len(waiting)
    campaign.remark = watch.remark(list(campaign.measured.values()), device.protocol)
    return campaign


def _outcomes(
    device: Device, networks: Mapping[str, Callable[[], ArchGraph | Path]], watch: Watch
) -> Iterator[tuple[str, Outcome]]:
    """Architecture and outcome, as they become known."""
    made: dict[str, ArchGraph | Path] = {}
    for name, make in networks.items():
        try:
            made[name] = make()
        except FAILURES as error:
            yield name, Outcome(-1, None, reason_of(error))
    names = list(made)
    for outcome in device.measured(list(made.values()), watch):
        yield names[outcome.row], outcome


def _tell(progress: Callable[[str, int, int], None] | None, campaign: Campaign, total: int) -> None:
    if progress is not None:
        progress("measuring", campaign.kept + len(campaign.measured) + len(campaign.failed), total)

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
from archgraph.latency.rounds import FAILURES, Outcome, positive, reason_of

IN_A_ROW = 5
"""Networks that fail one after the other before it is looked whether the device is still there."""


@dataclass
class Campaign:
    """What became of the architectures that were to be measured.

    Attributes:
        measured: Those measured now, to their times.
        failed: Those that failed, to the reason, in one line.
        kept: How many the table had already.
        elsewhere: How many other processes are measuring, or have measured meanwhile.
        untried: How many were left because the device is gone.
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
    campaign: Campaign | None = None,
) -> Campaign:
    """Measure what the table lacks; every time is in the table as soon as it is known.

    Other processes may measure into the same table, and the same column, at the same time. What cannot be measured does
    not keep the others from it, and is tried last when this is called again. Only when so many have failed one
    after the other, and a network that is known to run, or a few others where none is, do not run either, is the device
    taken for gone: then the rest is left.

    Args:
        table: Where the times go.
        column: Its column, which stays with one device.
        device: What measures.
        networks: Architecture, as the table names it, to what makes its full graph or names its ONNX file.
        progress: Called with a phase, the architectures done and those to do.
        campaign: A new one, filled as things become known, for who wants to know also when this is interrupted.

    Raises:
        ValueError: The column was begun on another device or in another unit, or the table is damaged.
        OSError: The table cannot be written.
        ImportError: The device takes a package that is not installed.
    """
    table.begin(column, {"device": device.name, "unit": device.unit} | device.card())
    campaign = campaign or Campaign()
    order = [list(networks)[place] for place in np.random.default_rng(device.protocol.seed).permutation(len(networks))]
    known = {row.architecture for row in table.rows(column)}
    run_before = [name for name in order if name in known]
    campaign.kept = len(run_before)
    failed_before = table.failed(column)
    waiting = sorted((name for name in order if name not in known), key=failed_before.__contains__)
    watch = Watch(device.local)
    in_a_row, gone = 0, False
    while not gone:
        _tell(progress, campaign, len(order))
        claimed = table.claim(column, waiting, device.protocol.together)
        if not claimed:
            break
        try:
            for name, outcome in _outcomes(device, {name: networks[name] for name in claimed}, watch):
                waiting.remove(name)
                if outcome.found is None:
                    table.fail(column, name)
                    campaign.failed[name] = outcome.reason
                    # What cannot even be made ready tells of the device only where something is known to run.
                    in_a_row += outcome.ran or bool(run_before)
                else:
                    table.add(column, name, outcome.found)
                    campaign.measured[name] = outcome.found
                    run_before.append(name)
                    in_a_row = 0
                _tell(progress, campaign, len(order))
                if in_a_row == IN_A_ROW:
                    in_a_row = 0
                    gone = not any(_runs(device, networks[other]) for other in run_before[-1:] or waiting[:IN_A_ROW])
                    if gone:
                        break
        finally:
            table.release(column, [name for name in claimed if name not in campaign.measured])
    if gone:
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
            yield name, Outcome(-1, None, reason_of(error), ran=False)
    names = list(made)
    for outcome in device.measured(list(made.values()), watch):
        yield names[outcome.row], outcome


def _runs(device: Device, make: Callable[[], ArchGraph | Path]) -> bool:
    """Whether the device runs a network now."""
    try:
        run = device.load(make())
        with device.inside():
            positive(run(), device.unit)
    except FAILURES:
        return False
    return True


def _tell(progress: Callable[[str, int, int], None] | None, campaign: Campaign, total: int) -> None:
    if progress is not None:
        progress("measuring", campaign.kept + len(campaign.measured) + len(campaign.failed), total)

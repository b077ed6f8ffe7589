"""``archgraph measure``: latency of architectures, or of ONNX files, on a device."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archgraph.cli.options import Json, Quiet, Seed, words

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.latency.campaign import Campaign
    from archgraph.latency.latency_table import LatencyTable

SHOWN = 30
"""Architectures that are shown; a file or JSON has all of them."""


def measure(
    space: Annotated[
        str | None, typer.Argument(metavar="[SPACE]", help="Search space of the architectures; not with --table.")
    ] = None,
    arch: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="This architecture; repeatable.")] = None,
    archs: Annotated[str | None, typer.Option(metavar="FILE|-", help="These: one architecture a line.")] = None,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Rows of this benchmark, or of a saved table.")
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="So many random architectures of SPACE, or rows of --table.")
    ] = None,
    onnx: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="This ONNX file; repeatable.")] = None,
    operators: Annotated[
        bool,
        typer.Option(
            "--operators", help="Not the architectures, but each of their operators once, for 'archgraph operators'."
        ),
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(help="torch-cpu, unless given, torch-cuda, onnx-cpu, command, or one of another package."),
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Images a run; 1 unless given.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of the CPU; 1 unless given.")] = None,
    command: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="For --device command: a program and its arguments, {model} among them."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="For --device command: key of the number in the JSON that it prints.")
    ] = None,
    unit: Annotated[
        str,
        typer.Option(help="For --device command: what it prints, such as mJ or MB; a column stays with its unit."),
    ] = "ms",
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="For --device command: when to end a run; 120 unless given.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Another argument of the device; repeatable.")
    ] = None,
    precision_goal: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="How well to know the median: 0.02, unless given, is to 2 % of it."),
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Most rounds over the architectures.")] = None,
    column: Annotated[str, typer.Option(help="What to call the times in FILE; one column for each device.")] = (
        "latency_ms"
    ),
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Keep the times here; the same command again goes on."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write all columns of --out here when done: a table (.npz), or .csv."),
    ] = None,
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Measure how long architectures take, each until its median is known well enough; or what else a command tells.

    With --out every time is kept as soon as it is known: stop the command, and the same one goes on. Several may
    measure into one file at once. What cannot be measured is named on stderr, the others are measured all the same, and
    the exit code is 2.
    """
    from archgraph.cli.fit import parameters
    from archgraph.cli.output import Output, check_apart, check_distinct, writable
    from archgraph.cli.to_measure import to_measure
    from archgraph.latency.campaign import Campaign, measure_into
    from archgraph.latency.described import device_of
    from archgraph.latency.latency_table import LatencyTable

    output = Output(json, quiet)
    check_distinct(out=out, export=export)
    for option, path in {"--out": out, "--export": export}.items():
        if path is not None:
            check_apart(option, writable(path), archs, table, *(onnx or []))
    kind = device or ("torch-cpu" if command is None else "command")
    given = {
        "batch": batch,
        "threads": threads,
        "command": None if command is None else list(words(command)),
        "key": key,
        "unit": None if unit == "ms" else unit,
        "timeout": timeout,
    }
    given |= {"rounds": rounds, "precision_goal": precision_goal, "seed": seed, **parameters(param or [])}
    chosen = device_of(kind, {name: value for name, value in given.items() if value is not None})
    with output.progress() as report:
        apart_for = chosen if operators else None
        wanted = to_measure(space, arch or [], archs, table, n, onnx or [], apart_for, seed, report)
    if export is not None:
        wanted.check_export(export)
    with LatencyTable(out, wanted.name) as kept:
        campaign = Campaign()
        try:
            with output.progress() as report:
                measure_into(kept, column, chosen, wanted.networks, report, campaign)
        except (KeyboardInterrupt, SystemExit):
            with suppress(OSError):  # of a terminal that is gone
                if column in kept.columns:
                    _show(kept, column, wanted.networks, campaign, output, interrupted=True)
                goes_on = (
                    "; the same command goes on" if out is not None else ", nothing was kept; --out FILE keeps times"
                )
                output.note(f"interrupted{goes_on}")
            raise
        _show(kept, column, wanted.networks, campaign, output)
        lacking = set(wanted.networks) - {row.architecture for row in kept.rows(column)} - set(campaign.failed)
        if campaign.elsewhere and lacking:
            what = "lacks them" if kept.rows(column) else "is not written"
            exported = "" if export is None else f", so that {str(export)!r} {what}"
            output.note(
                f"{len(lacking):,} are being measured by another process{exported}; the same command, once that has "
                "ended, has them all"
            )
        if export is not None and kept.rows(column):
            wanted.export(kept, export)
    if campaign.failed:
        raise ValueError(_failed(campaign, kept=out is not None))


def _show(
    table: LatencyTable,
    column: str,
    wanted: Collection[str],
    campaign: Campaign,
    output: Output,
    interrupted: bool = False,
) -> None:
    from archgraph.cli.output import table as drawn
    from archgraph.latency.measurement import spelt

    found = sorted((row for row in table.rows(column) if row.architecture in wanted), key=lambda row: row.found.median)
    entries = [{"architecture": row.architecture, **row.found._asdict(), "at": row.at} for row in found]
    card = table.columns[column]
    value = {
        "column": column,
        "unit": card["unit"],
        "device": card,
        "architectures": entries,
        "measured": len(campaign.measured),
        "kept": campaign.kept,
        "elsewhere": campaign.elsewhere,
        "untried": campaign.untried,
        "failed": campaign.failed,
        "interrupted": interrupted,
        "remark": campaign.remark,
    }
    lines = [
        (row.architecture, row.found.median, row.found.half_width, row.found.spread, row.found.runs)
        for row in found[:SHOWN]
    ]
    least, more = ("fastest", "slower") if card["unit"] == "ms" else ("least", "greater")
    title = f"{column}: {spelt(card['unit'])} on {card['device']}, {least} first"
    output.result(value, title, drawn(None, ["architecture", "median", "known to ±", "spread", "runs"], lines))
    if len(found) > SHOWN:
        output.note(f"{len(found) - SHOWN:,} {more} ones are not shown")
    if campaign.remark:
        output.note(f"warning: {campaign.remark}")
    for name, reason in campaign.failed.items():
        output.note(f"failed: {name}: {reason}")


def _failed(campaign: Campaign, kept: bool) -> str:
    """One line on all failures, with the first of them."""
    name, reason = next(iter(campaign.failed.items()))
    tried = campaign.kept + len(campaign.measured) + len(campaign.failed)
    text = f"{len(campaign.failed)} of {tried} architectures cannot be measured, the first, {name}: {reason}"
    if campaign.untried:
        text += f"; the device seems to be gone, and {campaign.untried} more were not measured"
    if not kept:
        return text
    others = "all other times are kept, and " if campaign.kept or campaign.measured else ""
    return f"{text}; {others}the same command tries these again"

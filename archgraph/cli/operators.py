"""``archgraph operators``: latency of architectures as sums over operators that were measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Json, Quiet, Seed

if TYPE_CHECKING:
    from archgraph.data import ArchTable, Measurements
    from archgraph.graph import ArchGraph
    from archgraph.latency.operator_sum import OperatorSum, Sums

COLUMN = "operators_ms"
"""As ``archgraph.latency.operator_sum`` has it, which would be slow to import."""

COLUMNS = ("architecture", COLUMN, "operators", "interpolated")
"""Of what is written."""


def operators(
    times: Annotated[
        Path,
        typer.Argument(metavar="TIMES", help="Times of operators, of 'archgraph measure --operators', or of --save."),
    ],
    space: Annotated[
        str | None, typer.Argument(metavar="[SPACE]", help="Search space of the architectures; not with --table.")
    ] = None,
    arch: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="This architecture; repeatable.")] = None,
    archs: Annotated[str | None, typer.Option(metavar="FILE|-", help="These: one architecture a line.")] = None,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Rows of this benchmark, or of a saved table.")
    ] = None,
    n: Annotated[int | None, typer.Option("--n", min=1, help="So many random architectures of SPACE.")] = None,
    column: Annotated[str, typer.Option(help="Which times of TIMES; one column for each device.")] = "latency_ms",
    measurements: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Whole networks that were measured on the same device, to learn from how they differ from plain sums:"
            " CSV, JSON lines or Parquet with the column architecture and one of milliseconds.",
        ),
    ] = None,
    measured: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of --measurements; that of --column, or else the only column of numbers, unless given.",
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep what was learned, to use it as TIMES.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=f"Write CSV here, or (.npz) a table with the column {COLUMN} beside those of --table.",
        ),
    ] = None,
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Predict latency as the sum over a network's operators: CSV on stdout, or JSON with --json.

    Operators that were not measured are interpolated; the last column counts them.
    """
    from archgraph.cli.output import Output, check_apart, check_distinct, writable, write_csv
    from archgraph.data import read_measurements

    output = Output(json, quiet)
    check_distinct(out=out, save=save)
    for option, path in {"--out": out, "--save": save}.items():
        if path is not None:
            check_apart(option, writable(path), times, archs, table, measurements)
    with output.progress() as report:
        rows = _rows(space, arch or [], archs, table, n, seed, report)
        model = _sum(times, column)
        if measurements is not None:
            known = read_measurements(measurements, rows.space, measured, usual=column, naming="--measured")
            for remark in (*known.remarks, _learn(model, rows, known)):
                output.note(remark)
        if save is not None:
            model.save(save)
        found = model.sums(networks(rows, report))
    output.note(_remark(model, found))
    entries = _entries(rows, found)
    output.result(entries)
    if out is not None and out.suffix == ".npz":
        with_sums(rows, found).save(out)
    elif out is not None or json != "-":
        write_csv(entries, COLUMNS, out)


def networks(rows: ArchTable, report: Callable[[str, int, int], None]) -> Iterator[ArchGraph]:
    """The full graphs of a table, one after another; ``report`` is told how many there were."""
    for done, genotype in enumerate(rows.genotypes):
        report("summing operators", done, len(rows))
        yield rows.space.network(genotype)


def _rows(
    space: str | None,
    arch: Sequence[str],
    archs: str | None,
    table: str | None,
    n: int | None,
    seed: int,
    report: Callable[[str, int, int], None],
) -> ArchTable:
    """The architectures to sum up, with what the table knows of them."""
    from archgraph.cli.to_measure import architectures
    from archgraph.data import ArchTable, load

    if (space is None) == (table is None):
        raise ValueError("give either a search space or --table")
    if space is not None:
        return ArchTable(*architectures(space, arch, archs, n, seed), {})
    if arch or archs is not None or n is not None:
        raise ValueError("--arch, --archs and --n are for a search space; of --table all rows are summed up")
    return load(str(table), progress=report)


def _sum(times: Path, column: str) -> OperatorSum:
    """The sum that a file holds, of either kind."""
    from archgraph.latency.latency_table import LatencyTable
    from archgraph.latency.operator_sum import OperatorSum
    from archgraph.latency.operator_times import OperatorTimes

    with times.open("rb") as file:
        is_json = file.read(1) == b"{"
    if is_json:
        return OperatorSum.load(times)
    with LatencyTable(times) as kept:
        return OperatorSum(OperatorTimes.of_table(kept, column))


def _learn(model: OperatorSum, rows: ArchTable, known: Measurements) -> str:
    """Fit the sum to whole networks; says how far plain sums were off."""
    import numpy as np

    networks = [rows.space.network(row) for row in known.genotypes]
    errors = []
    for _ in range(2):
        errors.append(float(np.mean(np.abs(model.sums(networks).milliseconds / known.values - 1))))
        if len(errors) == 1:
            model.fit(networks, known.values)
    call, factor, each = model.weights.tolist()
    return (
        f"{len(known.values)} measured networks differ from plain sums by {errors[0]:.1%}, from sums times"
        f" {factor:.2f}, with {call:.2f} calls and {each:.2f} more for each operator, by {errors[1]:.1%}"
    )


def _remark(model: OperatorSum, found: Sums) -> str:
    error = model.times.error
    text = f"{found.interpolated.sum():,} of {found.operators.sum():,} operators are interpolated"
    held_out = f"; operators that were held out are told to {error:.1%} in the median" if error == error else ""
    return f"{text} among {len(model.times):,} measured ones{held_out}"


def _entries(rows: ArchTable, found: Sums) -> list[dict[str, Any]]:
    names = [rows.space.format(genotype) for genotype in rows.genotypes]
    columns = zip(names, *(values.tolist() for values in found), strict=True)
    return [dict(zip(COLUMNS, row, strict=True)) for row in columns]


def with_sums(rows: ArchTable, found: Sums) -> ArchTable:
    """The table with one more column, the sums."""
    from archgraph.data import ArchTable

    columns = dict(rows.columns) | {COLUMN: found.milliseconds}
    goals = dict(rows.goals) | {COLUMN: "min"}
    return ArchTable(rows.space, rows.genotypes, columns, dict(rows.units) | {COLUMN: "ms"}, goals, rows.source)

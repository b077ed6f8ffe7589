"""``archgraph rank``: compare predictors by rank correlation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Json, Quiet, Table

if TYPE_CHECKING:
    from rich.table import Table as Drawn


def rank(
    table: Table,
    target: Annotated[str, typer.Option(metavar="COLUMN,...", help="Columns to predict.")],
    predictors: Annotated[
        str, typer.Option(metavar="KIND,...", help="Kinds of predictors to compare, or 'package.module:Class'.")
    ] = "xgb,gnn",
    sizes: Annotated[str, typer.Option(metavar="N,...", help="Numbers of rows to train on.")] = "128",
    seeds: Annotated[int, typer.Option(min=1, help="Repeats, with seeds 0, 1, ...")] = 3,
    metrics: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="What to record; everything usual, unless given.")
    ] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an HTML page of the comparison too.")] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Compare predictors: train each on a few rows of a benchmark, and let it rank all the others."""
    from archgraph import bench
    from archgraph.cli.options import comma_separated, whole_numbers
    from archgraph.cli.output import Output, writable
    from archgraph.data import load

    output = Output(json, quiet)
    if page is not None:
        writable(page)
    columns, kinds = comma_separated(target, "--target"), comma_separated(predictors, "--predictors")
    wanted = bench.DEFAULT_METRICS if metrics is None else comma_separated(metrics, "--metrics")
    numbers = whole_numbers(sizes, "--sizes")
    with output.progress() as report:
        records = list(
            bench.rank(
                load(table, progress=report),
                columns,
                kinds,
                numbers,
                seeds,
                wanted,
                lambda _, done, total: report("training and ranking", done, total),
            )
        )
    if page is not None:
        from archgraph.report import write_rank_page

        write_rank_page(page, records)
    output.result(records, summary(records, wanted))


def summary(records: Sequence[dict[str, Any]], metrics: Sequence[str]) -> Drawn:
    """The median over seeds of each metric, one line for each task, predictor and number of rows."""
    from statistics import median

    from archgraph.cli.output import table

    found: dict[tuple[str, str, int], dict[str, list[float]]] = {}
    for record in records:
        values = found.setdefault((record["task"], record["method"], record["size"]), {})
        if record["value"] is not None:
            values.setdefault(record["metric"], []).append(record["value"])
    shown = [metric for metric in metrics if any(metric in values for values in found.values())]
    rows = [
        [*key, *(median(values[metric]) if metric in values else None for metric in shown)]
        for key, values in found.items()
    ]
    return table("Medians over seeds", ("task", "predictor", "rows", *shown), rows)

"""``archgraph rank``: compare predictors by rank correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Inputs, Json, Quiet

if TYPE_CHECKING:
    from rich.table import Table as Drawn

    from archgraph.bench import RankTask
    from archgraph.cli.output import Output

Given = Annotated[
    list[str],
    typer.Argument(
        metavar="TABLE[/COLUMN]...", help="Data sets ('archgraph data list') or files of saved tables; /COLUMN: target."
    ),
]


def rank(
    tables: Given,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN,...", help="Columns to predict of tables given without one.")
    ] = None,
    predictors: Annotated[
        str,
        typer.Option(metavar="KIND,...", help="Kinds of predictors, or 'package.module:Class', also of scikit-learn."),
    ] = "xgb,gnn",
    sizes: Annotated[
        str | None, typer.Option(metavar="N,...", help="Numbers of rows to train on; 128, or all with --split.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Repeats, with seeds 0, 1, ...")] = 3,
    split: Annotated[
        str, typer.Option(metavar="COLUMN", help="Train where COLUMN is 1 and test where it is 0, not at random.")
    ] = "",
    inputs: Inputs = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            "--metrics",
            "--metric",
            metavar="NAME,...",
            help="What to show, the first in most detail, as in spearman,within10,mape; all usual ones, unless given.",
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Runs at a time, each on one thread.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Keep each run as it ends; go on with what FILE has."),
    ] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an HTML page of the comparison too.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the first metric as PNG too.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the tables as Markdown too.")] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Compare predictors: train each on a few rows of benchmarks, and let it rank the others.

    Figures of others for the same task, as the table's peers.toml has them, are shown beside.
    """
    from archgraph import bench
    from archgraph.bench.scores import check_metrics
    from archgraph.cli.options import comma_separated, whole_numbers
    from archgraph.cli.output import Output, check_apart, writable

    output = Output(json, quiet)
    read = [part for text in tables for part in (text, text.rpartition("/")[0])]
    for option, path in {"--out": out, "--page": page, "--figure": figure, "--markdown": markdown}.items():
        if path is not None:
            check_apart(option, writable(path), *read)
    usual = ("rmse_standardised", "pearson", *bench.DEFAULT_METRICS) if split else bench.DEFAULT_METRICS
    wanted = usual if metrics is None else comma_separated(metrics, "--metrics")
    check_metrics(wanted)
    numbers = () if sizes is None else whole_numbers(sizes, "--sizes")
    columns = [] if target is None else comma_separated(target, "--target")
    kinds = comma_separated(predictors, "--predictors")
    beside = () if inputs is None else tuple(comma_separated(inputs, "--inputs"))
    tasks = _tasks(tables, columns, output, sizes=tuple(numbers), split=split, inputs=beside)
    log = bench.RankLog(out)
    with output.progress() as report:
        records = bench.rank(
            tasks, kinds, seeds, wanted, jobs, log, lambda _, done, total: report("training and ranking", done, total)
        )
    peers = bench.peer_records(records)
    if page is not None:
        from archgraph.report import write_rank_page

        write_rank_page(page, [*records, *peers])
    if figure is not None:
        from archgraph.report import rank_figure

        rank_figure(figure, [*records, *peers], wanted[0])
    if markdown is not None:
        from archgraph._files import write_text
        from archgraph.bench.comparison import DETAILS, comparison

        details = DETAILS if metrics is None else wanted
        write_text(markdown, comparison(records, peers, details=details) + "\n")
    output.result(records, summary(records, wanted, peers))


def _tasks(given: Sequence[str], columns: Sequence[str], output: Output, **protocol: Any) -> list[RankTask]:
    from archgraph.bench import RankTask
    from archgraph.data import load, table_names

    found = []
    with output.progress() as report:
        for text in given:
            table, targets = text, columns
            if "/" in text and text not in table_names() and not Path(text).suffix:
                table, _, column = text.rpartition("/")
                targets = [column]
            if not targets:
                raise ValueError(f"the column to predict of {text!r} is missing; give {text}/COLUMN or --target")
            loaded = load(table, progress=report)
            found += [RankTask(loaded, target, **protocol) for target in targets]
    return found


def summary(
    records: Sequence[Mapping[str, Any]], metrics: Sequence[str], peers: Sequence[Mapping[str, Any]] = ()
) -> Drawn:
    """The median over seeds of each metric, one line for each task, predictor and number of rows.

    Metrics without any value are left out. Of the first one there are the range, and p of the paired test against the
    best of the same task and rows.
    """
    from statistics import median

    from archgraph.bench.comparison import size_standings
    from archgraph.cli.output import table

    found: dict[tuple[str, str, int], dict[str, list[float]]] = {}
    for record in (*records, *peers):
        method = f"{record['method']} ({record['source']})" if "source" in record else record["method"]
        values = found.setdefault((record["task"], method, record["size"]), {})
        if record["value"] is not None:
            values.setdefault(record["metric"], []).append(record["value"])
    shown = [metric for metric in metrics if any(metric in values for values in found.values())]
    first = (shown or list(metrics))[0]
    tests = {
        (task, method, size): standing
        for task, size in dict.fromkeys((task, size) for task, _, size in found)
        for method, standing in size_standings(
            [record for record in records if record["task"] == task], first, size
        ).items()
    }
    rows = []
    for key, values in sorted(found.items(), key=lambda entry: _place(entry[0], list(found))):
        medians = [median(values[metric]) if metric in values else None for metric in shown]
        test = tests.get(key)
        spread = None if test is None or test.splits == 1 else f"{test.low:.4g} to {test.high:.4g}"
        rows.append([*key, *medians[:1], spread, None if test is None else test.p, *medians[1:]])
    columns = ("task", "predictor", "rows", *shown[:1], "range", "p", *shown[1:])
    title = f"Medians over seeds; of {first} the range, and p of the paired test against the best"
    return table(title, columns, rows)


def _place(key: tuple[str, str, int], keys: Sequence[tuple[str, str, int]]) -> tuple[int, int, int]:
    """Tasks in their order, then sizes, then methods in theirs."""
    tasks = list(dict.fromkeys(task for task, _, _ in keys))
    return tasks.index(key[0]), key[2], keys.index(key)

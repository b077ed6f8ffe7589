"""``archgraph predict``: apply a saved predictor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Json, Quiet

if TYPE_CHECKING:
    from archgraph.data import ArchTable
    from archgraph.evaluators import View
    from archgraph.graph import GraphBatch
    from archgraph.predictors import Predictor


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file of 'archgraph fit'.")],
    table: Annotated[str | None, typer.Option(help="Predict the rows of this benchmark.")] = None,
    archs: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Predict these: one architecture of --space a line, or graphs as JSON."),
    ] = None,
    space: Annotated[str | None, typer.Option(help="Search space of --archs.")] = None,
    std: Annotated[bool, typer.Option("--std", help="Standard deviations too.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write CSV here, not to stdout.")
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Predict architectures with a saved model: CSV on stdout, or JSON with --json."""
    from archgraph.cli.output import Output, check_apart, writable, write_csv
    from archgraph.evaluators import View
    from archgraph.predictors import load_predictor

    if (table is None) == (archs is None):
        raise ValueError("give either --table or --archs")
    output = Output(json, quiet)
    if out is not None:
        check_apart("--out", writable(out), model, table, archs)
    loaded = load_predictor(model)
    with output.progress() as report:
        if table is not None:
            from archgraph.data import load

            rows = load(table, progress=report)
            graphs = _of_table(loaded, rows)
            names = [rows.space.format(genotype) for genotype in rows.genotypes]
        else:
            graphs, names = _architectures(str(archs), space, View.of(loaded))
        report(f"predicting {len(graphs):,} architectures", 0, 0)
        columns: dict[str, Any] = {"architecture": names}
        if std:
            columns["predicted"], columns["std"] = loaded.predict(graphs, return_std=True)
        else:
            columns["predicted"] = loaded.predict(graphs)
    entries = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    output.result(entries)
    if out is not None or json != "-":
        write_csv(entries, list(columns), out)


def _of_table(model: Predictor, rows: ArchTable) -> GraphBatch:
    """The graphs of a table as the model saw others; what it keeps nothing to tell by is in the columns."""
    from dataclasses import replace

    from archgraph.evaluators import View

    view, target = View.of(model), model.card_["target"]
    graphs = replace(view, as_written=view.as_written or rows.as_written(target)).graphs(rows.space, rows.genotypes)
    beside = [name for name in model.card_.get("inputs", ()) if name not in graphs.columns]
    return graphs.with_columns({name: rows[name] for name in beside})


def _architectures(file: str, space: str | None, view: View) -> tuple[GraphBatch, list[str]]:
    """The graphs of a text or JSON file, and what to call them."""
    from archgraph.cli.architectures import parse_lines, read_text

    text = read_text(file)
    if text.lstrip().startswith(("[", "{")) and space is None:
        return _graphs(text, file)
    if space is None:
        raise ValueError("--archs holds lines of text, so it needs --space to tell what they mean")
    from archgraph.spaces import space as space_of

    found = space_of(space)
    genotypes, names = parse_lines(text, file, found)
    return view.graphs(found, genotypes), names


def _graphs(text: str, file: str) -> tuple[GraphBatch, list[str]]:
    import json

    from archgraph.graph import ArchGraph, GraphBatch
    from archgraph.registry import UnknownNameError

    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{file} line {error.lineno} is no JSON: {error.msg}") from error
    found = []
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        try:
            found.append(ArchGraph.from_json(item))
        except (ValueError, UnknownNameError) as error:
            raise ValueError(f"{file} graph {number}: {error}") from error
    if not found:
        raise ValueError(f"--archs {file!r} holds no architecture")
    graphs = GraphBatch.from_graphs(found)
    return graphs, [f"{fingerprint:016x}" for fingerprint in graphs.fingerprints().tolist()]

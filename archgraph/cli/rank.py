"""``archgraph rank``: compare predictors by rank correlation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archgraph.cli.options import Json, Quiet, Table


def rank(
    table: Table,
    target: Annotated[str, typer.Option(metavar="COLUMN,...", help="Columns to predict.")],
    predictors: Annotated[str, typer.Option(metavar="KIND,...", help="Kinds of predictors to compare.")] = "xgb,gnn",
    sizes: Annotated[str, typer.Option(metavar="N,...", help="Numbers of rows to train on.")] = "128",
    seeds: Annotated[int, typer.Option(min=1, help="Repeats with seeds 0, 1, ...; all other rows are the test.")] = 3,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an HTML page of the comparison too.")] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Compare predictors: train on few rows, rank all the others."""

"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from archgraph.cli.adapt import adapt
from archgraph.cli.data import data_app
from archgraph.cli.fit import fit
from archgraph.cli.graph import graph
from archgraph.cli.measure import measure
from archgraph.cli.operators import operators
from archgraph.cli.predict import predict
from archgraph.cli.pretrain import pretrain
from archgraph.cli.proxies import proxies
from archgraph.cli.quickstart import quickstart
from archgraph.cli.rank import rank
from archgraph.cli.report import report
from archgraph.cli.resume import resume
from archgraph.cli.search import search
from archgraph.cli.verify import verify

app = typer.Typer(
    help="Predict how accurate and how fast a neural network will be from its graph, and search with it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from archgraph import __version__

        typer.echo(f"archgraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Predict how accurate and how fast a neural network will be from its graph, and search with it."""


app.command()(quickstart)
app.add_typer(data_app, name="data")
app.command()(pretrain)
app.command()(fit)
app.command()(adapt)
app.command()(predict)
app.command()(rank)
app.command()(proxies)
app.command()(search)
app.command()(resume)
app.command()(verify)
app.command()(report)
app.command()(measure)
app.command()(operators)
app.command()(graph)

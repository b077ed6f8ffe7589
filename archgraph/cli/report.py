"""``archgraph report``: a study as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archgraph.cli.options import Json, Quiet, Study


def report(
    study: Study,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The page.")] = Path("report.html"),
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Write a study as one self-contained, interactive HTML page."""
    from archgraph.cli.output import Output, writable
    from archgraph.cli.plan import Plan
    from archgraph.report import write_study_page
    from archgraph.search import Study as OpenStudy

    output = Output(json, quiet)
    with OpenStudy(study, read_only=True) as opened:
        plan = Plan.of(opened)
        write_study_page(writable(out), opened, plan.space, plan.table)
    output.result({"page": out.absolute()}, str(out))

"""``archgraph report``: a study or a rank comparison as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archgraph.cli.options import Json, Quiet

if TYPE_CHECKING:
    from archgraph.cli.plan import Plan
    from archgraph.search import Study


def report(
    source: Annotated[
        str,
        typer.Argument(
            metavar="STUDY|RECORDS",
            help="The file or URL of 'archgraph search --study', or the file of 'archgraph rank': --out, --json.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The page; report.html, unless only exports are asked for."),
    ] = None,
    csv: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="The study's verified architectures as CSV, to stdout with '-'."),
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The study's verified architectures as Parquet.")
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Write a study or a rank comparison as one self-contained, interactive HTML page, or export a study's lines."""
    from archgraph._place import is_url
    from archgraph.cli.output import Output, check_apart, writable

    output = Output(json, quiet)
    if csv == json == "-":
        raise ValueError("--csv and --json cannot both have stdout; give one of them a file")
    exports = csv is not None or parquet is not None
    page = out or (None if exports else Path("report.html"))
    written = {"page": page, "csv": None if csv in (None, "-") else Path(str(csv)), "parquet": parquet}
    made = {name: path for name, path in written.items() if path is not None}
    for name, path in made.items():
        check_apart("--out" if name == "page" else f"--{name}", writable(path), None if is_url(source) else source)
    if not _is_json(source):
        _write_study(source, page, written["csv"], parquet, csv == "-")
    elif exports or page is None:
        raise ValueError(f"--csv and --parquet export studies, but {source!r} holds records of a comparison")
    else:
        _write_rank(Path(source), page)
    output.result(
        {name: path.absolute() for name, path in made.items()}, *([] if csv == "-" else map(str, made.values()))
    )


def _is_json(source: str) -> bool:
    """Whether it is a file that begins as a list or an object does; a study begins otherwise."""
    if not Path(source).is_file():
        return False
    with Path(source).open("rb") as file:
        return file.read(64).lstrip()[:1] in (b"[", b"{")


def _write_rank(path: Path, out: Path) -> None:
    from archgraph.bench import RankLog, is_rank_log, peer_records
    from archgraph.bench.publish import read_records
    from archgraph.report import write_rank_page

    records = RankLog(path, read_only=True).records() if is_rank_log(path) else read_records(path)
    write_rank_page(out, [*records, *peer_records(records)])


def _write_study(source: str, page: Path | None, csv: Path | None, parquet: Path | None, to_stdout: bool) -> None:
    from archgraph.cli.output import write_csv
    from archgraph.cli.plan import Plan
    from archgraph.cli.study_export import columns, lines, write_parquet
    from archgraph.search import Study

    with Study(source, read_only=True) as study:
        plan = Plan.of(study)
        if page is not None:
            _write_page(study, plan, page)
        if csv is not None or to_stdout:
            write_csv(lines(study, plan.space), columns(study), csv)
        if parquet is not None:
            write_parquet(study, plan.space, parquet)


def _write_page(study: Study, plan: Plan, page: Path) -> None:
    from archgraph.cli.studies import comparable, page_settings, verified
    from archgraph.report import write_study_page

    table = comparable(study, plan)
    write_study_page(
        page,
        study,
        plan.space,
        plan.table if table is None else table,
        verification=verified(study, plan),
        settings=page_settings(study, plan),
    )

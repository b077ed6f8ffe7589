"""``archgraph data convert`` and ``export``: from files that one has to a table, and from a table to other files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archgraph.cli.options import Json, Quiet, Table

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.data import ArchTable


Dedupe = Annotated[
    str | None,
    typer.Option(metavar="first|best|mean", help="Keep one row for each network: the first, the best, or the mean."),
]


def convert(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders to read.")],
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="The benchmark whose official files they are.")
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The search space of your own file; leave it out if it holds graphs in JSON."
        ),
    ] = None,
    arch: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column of your own file with the architectures.")
    ] = "architecture",
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN[:max|min[:UNIT]]", help="What your own file measured; repeatable."),
    ] = None,
    dedupe: Dedupe = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="Where to write the table; with --table it may be left out."),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Make a table of a CSV, JSON lines or Parquet file of your own, or of a benchmark's official files.

    An architecture is a genotype such as 0-3-1, the text of its space, or a graph in JSON. The official files of a
    benchmark are kept in the cache folder by the benchmark's name, unless --out says where to write them.
    """
    from archgraph.cli.output import Output, check_apart, writable

    output = Output(json, quiet)
    if out is not None:
        if out.suffix != ".npz":
            raise ValueError(
                f"--out must end in .npz, but is {str(out)!r}; 'archgraph data export' writes other formats"
            )
        check_apart("--out", writable(out), *paths)
    if table is not None:
        if space or target or dedupe:
            raise ValueError("--space, --target and --dedupe are for a file of your own, not for that of --table")
        _official(table, paths, out, output)
        return
    if out is None:
        raise ValueError("--out is needed: where to write the table, such as mine.npz")
    made = _deduped(_own(paths, space, arch, target or []), dedupe, output)
    made.save(out)
    _told(made, out, output)


def export(
    name: Table,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="Ends in .csv, .jsonl or .parquet, or in .npz.")
    ],
    dedupe: Dedupe = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Write a benchmark to a CSV, JSON lines or Parquet file."""
    from archgraph.cli.output import Output, check_apart, writable
    from archgraph.data import export as write
    from archgraph.data import load

    output = Output(json, quiet)
    check_apart("--out", writable(out), name)
    with output.progress() as report:
        loaded = load(name, report)
    loaded = loaded if dedupe is None else _deduped(loaded, dedupe, output)
    if out.suffix == ".npz":
        loaded.save(out)
    else:
        write(loaded, out)
    _told(loaded, out, output)


def _official(name: str, paths: list[Path], out: Path | None, output: Output) -> None:
    from archgraph.data import bring, read

    with output.progress() as report:
        made = bring(name, paths, report) if out is None else read(name, paths, report)
    if out is not None:
        made.save(out)
    _told(made, out, output)
    if out is None:
        output.note(f"archgraph.load({name!r}) finds it from now on")


def _own(paths: list[Path], space: str | None, arch: str, target: list[str]) -> ArchTable:
    from archgraph.data import read_own

    if len(paths) != 1:
        raise ValueError(
            f"give one file of your own, or --table with the name of a benchmark, but {len(paths)} were given"
        )
    if not target:
        raise ValueError("--target is needed: what was measured, such as --target acc:max:%")
    parts = [_target(text) for text in target]
    columns = [column for column, _, _ in parts]
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        raise ValueError(f"--target {twice[0]!r} is given twice")
    units = {column: unit for column, _, unit in parts if unit}
    goals = {column: goal for column, goal, _ in parts if goal}
    return read_own(paths[0], space, columns, arch, units, goals)


def _deduped(table: ArchTable, keep: str | None, output: Output) -> ArchTable:
    """One row for each network if asked for; else a remark on rows that are the same."""
    from archgraph.data.duplicates import first_of

    if keep is None:
        same = len(table) - len(set(first_of(table).tolist()))
        if same:
            output.note(f"{same:,} rows are the same network as another one; --dedupe keeps one of each")
        return table
    return table.dedupe(keep)  # type: ignore[arg-type]


def _target(text: str) -> tuple[str, str, str]:
    """Column, goal and unit of ``acc:max:%``, of which the last two may be left out.

    Raises:
        ValueError: There is no column, or the goal is neither max nor min.
    """
    column, _, rest = text.partition(":")
    goal, _, unit = rest.partition(":")
    if not column or goal not in ("", "max", "min"):
        raise ValueError(f"--target must be COLUMN, COLUMN:max or COLUMN:min:UNIT, but is {text!r}")
    return column, goal, unit


def _told(table: ArchTable, out: Path | None, output: Output) -> None:
    from archgraph.cli.output import facts

    found = {"name": table.name, "space": table.space.name, "rows": len(table), "columns": list(table.columns)}
    shown = found | {"columns": ", ".join(table.columns)} | ({"written to": str(out)} if out else {})
    output.result(found | {"path": out}, facts(shown))

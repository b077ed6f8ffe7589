"""``archgraph pretrain``: learn from benchmarks what may hold for spaces that they do not cover."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Json, Quiet, Seed

if TYPE_CHECKING:
    from archgraph.predictors import Lesson


def pretrain(
    tables: Annotated[
        list[str],
        typer.Argument(
            metavar="TABLE/COLUMN...",
            help="Accuracies to learn from, of any spaces: data sets ('archgraph data list') or files of saved tables.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to save the prior.")] = Path(
        "prior.agp"
    ),
    rows: Annotated[int, typer.Option(min=32, help="Random rows that each table teaches with, at most.")] = 1000,
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Learn from benchmarks what 'archgraph fit --prior' then knows of another one.

    Shown is how far it carries: Kendall's tau on each table of what was learned from the others.
    """
    from archgraph.cli.output import Output, check_apart, table, writable
    from archgraph.predictors import Prior

    output = Output(json, quiet)
    check_apart("--out", writable(out), *(text.rpartition("/")[0] for text in tables))
    with output.progress() as report:
        prior = Prior.learn([_lesson(text, report) for text in tables], rows, seed, report)
    prior.save(out)
    learned: dict[str, dict[str, Any]] = prior.card["tables"]
    shown = table(
        f"{out}: learned from",
        ("table", "rows", "tau of what the others taught"),
        [(name, found["rows"], found["tau_from_others"]) for name, found in learned.items()],
    )
    output.result({"prior": str(out), **prior.card}, shown)


def _lesson(text: str, report: Callable[[str, int, int], None]) -> Lesson:
    from archgraph.data import load
    from archgraph.predictors import Lesson

    name, slash, column = text.rpartition("/")
    if not slash or Path(text).is_file():
        raise ValueError(f"the column to learn of {text!r} is missing; give {text}/COLUMN")
    loaded = load(name, progress=report)
    rows = loaded.measured(column)
    goal = loaded.goals.get(column)
    if goal is None:
        raise ValueError(f"column {column!r} of {name!r} has no goal, so that nothing says which end of it is better")
    return Lesson(f"{loaded.name or name}/{column}", rows.graphs, rows[column], goal)

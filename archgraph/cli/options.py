"""Options that several commands share."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE|-", help="Write the result as JSON to FILE, or to stdout with '-'."),
]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of everything random; the same seed, the same figures."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, remarks and warnings on stderr.")]
Table = Annotated[
    str, typer.Argument(metavar="TABLE", help="A data set ('archgraph data list'), or the file of a saved table.")
]
Inputs = Annotated[
    str | None,
    typer.Option(
        "--inputs", metavar="COLUMN,...", help="Columns that predictors see beside the graph; 'zc_*' names several."
    ),
]
Operators = Annotated[
    Path | None,
    typer.Option(
        "--operators",
        metavar="FILE",
        help="Sums over operators that predictors see beside the graph, as 'archgraph operators --save' wrote them; the"
        " model keeps them.",
    ),
]
Study = Annotated[
    str,
    typer.Argument(
        metavar="FILE|URL", help="The study, as 'archgraph search --study' was given it: a file, or a database's URL."
    ),
]
Lease = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=0.1, help="Workers elsewhere take over from one on the study that is silent for so long."
    ),
]
Workers = Annotated[
    str,
    typer.Option(
        metavar="N | ray://HOST:PORT",
        help="How many programs of --command verify at once, or a Ray cluster that does, with one task a processor.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        min=0,
        help="Begin nothing more after so long, and end with what is begun; all, unless given.",
    ),
]
Command = Annotated[
    str | None,
    typer.Option(
        metavar="'PROGRAM ARGUMENT ...'",
        help="Verifies: reads an architecture, as JSON or for {architecture}, and prints JSON of its columns.",
    ),
]
LEASE = 60.0
"""As ``archgraph.search.claims`` has it, which would be slow to import."""


def words(command: str | None) -> tuple[str, ...]:
    """A command line as its words; quotes keep a word together, and nothing else means anything.

    Raises:
        ValueError: A quote does not end.
    """
    try:
        return tuple(shlex.split(command or ""))
    except ValueError as error:
        raise ValueError(f"--command {command!r} cannot be split into words: {error}") from error


def comma_separated(text: str, option: str) -> list[str]:
    """The parts of ``a,b,c``, none of them empty or twice.

    Raises:
        ValueError: A part is empty or comes twice.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(parts) or len(set(parts)) < len(parts):
        raise ValueError(f"{option} must be distinct values with commas between them, but is {text!r}")
    return parts


def whole_numbers(text: str, option: str) -> list[int]:
    """The positive ints of ``32,128``.

    Raises:
        ValueError: A part is no positive int, or comes twice.
    """
    parts = comma_separated(text, option)
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise ValueError(f"{option} must be positive whole numbers with commas between them, but is {text!r}")
    return [int(part) for part in parts]

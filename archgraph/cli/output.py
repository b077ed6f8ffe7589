"""Where the result of a command goes: tables for people on stdout, or JSON for programs."""

from __future__ import annotations

import json
import math
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import TaskID
    from rich.table import Table


class Output:
    """The streams of one command.

    With ``--json -`` the JSON has stdout to itself, and what people read moves to stderr.

    Args:
        json_to: What ``--json`` was given: a file, ``"-"`` for stdout, or None.
        quiet: No progress, no remarks and no warnings.

    Raises:
        OSError: The folder of the JSON file is missing or cannot be written to.
    """

    def __init__(self, json_to: str | None = None, quiet: bool = False) -> None:
        self.json_to = json_to
        self.quiet = quiet
        if quiet:
            warnings.filterwarnings("ignore", module="archgraph")
        if json_to not in (None, "-"):
            writable(Path(json_to))

    def result(self, value: Any, *shown: RenderableType) -> None:
        """Print ``shown`` and, if asked for, write ``value`` as JSON (NaN becomes null)."""
        console = self._console(stderr=self.json_to == "-")
        if not (self.quiet and self.json_to == "-"):
            for item in shown:
                if isinstance(item, str):
                    console.print(item, markup=False, highlight=False, soft_wrap=True)
                else:
                    console.print(item)
        if self.json_to is None:
            return
        text = json.dumps(plain(value), indent=1, allow_nan=False) + "\n"
        if self.json_to == "-":
            sys.stdout.write(text)
        else:
            from archgraph._files import write_text

            write_text(self.json_to, text)

    @property
    def width(self) -> int:
        """Characters in a line of what people read."""
        return self._console(stderr=self.json_to == "-").width

    def note(self, text: str) -> None:
        """A remark on stderr."""
        if not self.quiet:
            self._console(stderr=True).print(text, style="dim", markup=False, highlight=False)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Bars on stderr, gone when done; what is yielded is called with a phase, the steps done and those to do."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(30), TextColumn("{task.percentage:>3.0f} %"))
        times = (TimeElapsedColumn(), TimeRemainingColumn())
        console = self._console(stderr=True)
        silent = self.quiet or not console.is_terminal
        with Progress(*columns, *times, console=console, transient=True, disable=silent) as bars:
            tasks: dict[str, TaskID] = {}

            def report(phase: str, done: int, total: int) -> None:
                if phase not in tasks:
                    tasks[phase] = bars.add_task(phase, total=total or None)
                bars.update(tasks[phase], completed=done, total=total or None)

            yield report

    def _console(self, stderr: bool) -> Console:
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        # A file or a pipe has no width of its own; tables must not be cut to 80 characters there.
        return Console(file=stream, width=None if stream.isatty() else 200, soft_wrap=False)


def table(title: str | None, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table for the terminal; columns with numbers are aligned to the right, and names in the first stay whole."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    listed = [list(row) for row in rows]
    drawn = Table(
        title=title and escape(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for index, column in enumerate(columns):
        numeric = any(isinstance(row[index], int | float) for row in listed)
        drawn.add_column(escape(column), justify="right" if numeric else "left", no_wrap=index == 0)
    for row in listed:
        drawn.add_row(*(escape(_cell(value)) for value in row))
    return drawn


def facts(pairs: Mapping[str, object]) -> Table:
    """Names and values, one pair a line."""
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, 3, 0, 0))
    for name, value in pairs.items():
        drawn.add_row(escape(name), escape(str(value) if isinstance(value, int) else _cell(value)))
    return drawn


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def plain(value: Any) -> Any:
    """``value`` out of dicts, lists, strings, numbers and None only, as JSON has them."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def writable(path: Path) -> Path:
    """``path``, if a file can be written there; asked before the work, not after it.

    Raises:
        OSError: Its folder is missing or not writable, or it is a folder or a device itself.
    """
    folder = path.absolute().parent
    if path.is_dir():
        raise OSError(f"cannot write {str(path)!r}: it is a folder")
    if path.exists() and not path.is_file():
        raise OSError(f"cannot write {str(path)!r}: it is no regular file")
    if not folder.is_dir():
        raise OSError(f"cannot write {str(path)!r}: there is no folder {str(folder)!r}")
    if not os.access(folder, os.W_OK):
        raise OSError(f"cannot write {str(path)!r}: the folder is not writable")
    return path


def check_apart(option: str, path: Path | None, *read: str | Path | None) -> None:
    """Refuse to write where something is read, also under another name or through a link; None is nothing.

    Raises:
        ValueError: ``path`` is a file out of ``read``.
    """
    for source in [Path(part) for part in read if part]:
        if path is not None and path.exists() and source.exists() and path.samefile(source):
            raise ValueError(
                f"{option} {str(path)!r} would replace {str(source)!r}, which is read; choose another file"
            )


def check_distinct(**paths: Path | None) -> None:
    """Refuse to write two results to one file; None is nothing.

    Args:
        paths: Option, without its dashes, to the file.

    Raises:
        ValueError: Two are the same file.
    """
    found: dict[Path, str] = {}
    for option, path in paths.items():
        if path is not None:
            other = found.setdefault(path.resolve(), option)
            if other != option:
                raise ValueError(f"--{option} {str(path)!r} is --{other} too; choose another file")


def write_csv(entries: Sequence[Mapping[str, Any]], columns: Sequence[str], out: Path | None) -> None:
    """Write entries with these columns to a file, whole or not at all, or to stdout.

    Raises:
        OSError: The file cannot be written.
    """
    import csv
    import io

    from archgraph._files import write_text

    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(entries)
    if out is None:
        sys.stdout.write(lines.getvalue())
    else:
        write_text(out, lines.getvalue())

"""The command line: results on stdout, progress and remarks on stderr, exit code 2 and one line on bad input."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from archgraph.cli.app import app
from archgraph.cli.ending import orderly_end
from archgraph.registry import UnknownNameError

__all__ = ["app", "main"]

EXPECTED = (ValueError, UnknownNameError, OSError, ImportError)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line with ``args`` (default: those of the process) and exit.

    Bad input ends in one line on stderr and exit code 2; with ``ARCHGRAPH_DEBUG=1`` the traceback comes before it.
    Interruptions end in 130 (Ctrl-C), 143 (SIGTERM) and 129 (SIGHUP), once what is open is closed.

    Raises:
        SystemExit: Always.
    """
    # OpenMP's idle threads spin by default: where others need the cores too, training then takes ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        with orderly_end(), _warnings_in_one_line():
            app(args=None if args is None else list(args), prog_name="archgraph")
    except EXPECTED as error:
        if os.environ.get("ARCHGRAPH_DEBUG") == "1":
            traceback.print_exc()
        print(f"error: {one_line(error)}", file=sys.stderr)
        raise SystemExit(2) from None


@contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Show archgraph's own warnings as it shows errors; others as Python does."""
    before = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if category.__module__.startswith("archgraph."):
            print(f"warning: {' '.join(str(message).split())}", file=sys.stderr)
        else:
            before(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():  # also of the filters of a quiet command
        warnings.showwarning = show
        yield


def one_line(error: BaseException) -> str:
    """What went wrong, as one line."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        text = f"{error.strerror}: {error.filename}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())

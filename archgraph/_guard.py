"""A small process beside this one that clears up after it, should it be killed."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CODE = """
import json, os, shutil, signal, sys
held = set()
for line in sys.stdin:  # until the process that writes has ended, however it ended
    begun, what = json.loads(line)
    (held.add if begun else held.discard)(what)
for what in held:
    if isinstance(what, int):
        try:
            os.killpg(what, signal.SIGKILL)
        except OSError:
            pass
for what in held:
    if isinstance(what, str):
        shutil.rmtree(what, ignore_errors=True)
"""


WAIT = 10.0
"""Seconds that it may take to clear up before nobody waits for it any more."""


class _Guard:
    """Tells the process beside this one what it would have to clear up; that begins with the first thing it is told.

    It is a precaution: where there can be none, everything else works without.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a folder may be let go of while something else is being told
        self._process: subprocess.Popen[bytes] | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    @contextmanager
    def held(self, what: int | str) -> Iterator[None]:
        """Meanwhile, a killed process takes with it the programs of a group, or a folder."""
        self._tell(True, what)
        try:
            yield
        finally:
            self._tell(False, what)

    def begin(self) -> None:
        """Start it, if it does not run yet: who starts something that must not be left behind does this first."""
        with self._lock, suppress(OSError):
            if self._process is None:
                self._process = _start()
                if self._process is not None:
                    atexit.register(self.end)

    def end(self) -> None:
        """Let it end, with what is still held."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None and process.stdin is not None:
                process.stdin.close()
                with suppress(subprocess.TimeoutExpired):  # what it clears up may take its time
                    process.wait(WAIT)

    def _tell(self, begun: bool, what: int | str) -> None:
        if begun:
            self.begin()
        with self._lock, suppress(OSError):
            if self._process is not None and self._process.stdin is not None:
                # So short a line is written whole.
                os.write(self._process.stdin.fileno(), f"{json.dumps([begun, what])}\n".encode())

    def _forked(self) -> None:
        """In a new process: the guard is of the other one, whose end it would not see while this one holds the pipe."""
        self._lock = threading.RLock()
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.returncode = 0  # it is not for this process to wait


def _start() -> subprocess.Popen[bytes] | None:
    # What is frozen into one file with its interpreter is no interpreter.
    if not hasattr(os, "killpg") or not sys.executable or getattr(sys, "frozen", False):
        return None
    quiet = subprocess.DEVNULL
    # A session of its own, so that whatever ends this process does not end it.
    return subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", _CODE],
        stdin=subprocess.PIPE,
        stdout=quiet,
        stderr=quiet,
        cwd=os.sep,
        start_new_session=True,
    )


GUARD = _Guard()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for files that others read, gone afterwards even if this process is killed meanwhile."""
    made = tempfile.TemporaryDirectory(prefix="archgraph-", ignore_cleanup_errors=True)
    with GUARD.held(str(Path(made.name).absolute())), made as folder:
        yield Path(folder)

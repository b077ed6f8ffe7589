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


class _Guard:
    """Tells the process beside this one what it would have to clear up; that begins with the first thing it is told.

    It is a precaution: where there can be none, everything else works without.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a folder may be let go of while something else is being told
        self._process: subprocess.Popen[bytes] | None = None
        self._of = -1

    @contextmanager
    def held(self, what: int | str) -> Iterator[None]:
        """Meanwhile, a killed process takes with it the programs of a group, or a folder."""
        self._tell(True, what)
        try:
            yield
        finally:
            self._tell(False, what)

    def end(self) -> None:
        """Let it end, with what is still held."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None and process.stdin is not None and self._of == os.getpid():
                process.stdin.close()
                process.wait()
            self._of = -1

    def _tell(self, begun: bool, what: int | str) -> None:
        with self._lock, suppress(OSError):
            if begun and self._of != os.getpid():  # none yet, or one of the process that this one was forked from
                self._of = os.getpid()
                self._process = _start()
                atexit.register(self.end)
            if self._process is not None and self._process.stdin is not None and self._of == os.getpid():
                # So short a line is written whole.
                os.write(self._process.stdin.fileno(), f"{json.dumps([begun, what])}\n".encode())


def _start() -> subprocess.Popen[bytes] | None:
    if not hasattr(os, "killpg") or not sys.executable:
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

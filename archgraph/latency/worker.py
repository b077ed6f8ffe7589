"""Processes that work on one file, and how each sees which of the others live."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from filelock import FileLock, Timeout


class Worker:
    """This process, as others that work on the same file see it.

    It holds a lock on a file of its own beside the one that is worked on. The system lets go of the lock when the
    process ends, however it ends, so that nobody has to wait until a dead one is given up.

    Args:
        path: The file that is worked on; None = nobody else does.

    Attributes:
        name: Which no other worker has.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.name = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._lock = None if path is None else FileLock(self._file(path, self.name), thread_local=False)

    def begin(self) -> None:
        """Show that this worker lives; call it, and ``dead``, only while nobody else can."""
        if self._lock is not None and not self._lock.is_locked:
            self._lock.acquire()

    def end(self) -> None:
        """Show it no more."""
        if self._lock is not None and self._lock.is_locked:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def dead(self, known: set[str]) -> set[str]:
        """Workers that have ended: out of those ``known``, and those that left a file, which is removed."""
        if self.path is None:
            return set()
        pattern = re.compile(rf"{re.escape(self.path.name)}-(\d+-[0-9a-f]+)\.lock")
        files = [pattern.fullmatch(file.name) for file in self.path.absolute().parent.iterdir()]
        others = known | {file[1] for file in files if file}
        return {name for name in others - {self.name} if not _lives(self._file(self.path, name))}

    @staticmethod
    def _file(path: Path, name: str) -> Path:
        return path.absolute().with_name(f"{path.name}-{name}.lock")


def _lives(file: Path) -> bool:
    """Whether the file is locked; if not, it is removed."""
    if not file.exists():
        return False
    try:
        with FileLock(file, timeout=0):
            pass
    except Timeout:
        return True
    file.unlink(missing_ok=True)
    return False

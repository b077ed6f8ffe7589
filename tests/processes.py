"""Whether processes that a test started are still there."""

from __future__ import annotations

import os
import time
from pathlib import Path


def ends(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process ends within so many seconds, or has ended; one that nobody has asked for its end has, too."""
    last = time.monotonic() + seconds
    while _runs(pid):
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc").exists()

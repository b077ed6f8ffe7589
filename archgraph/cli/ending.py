"""How a command ends when the system asks it to."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKED = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def orderly_end() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP end a command as Ctrl-C does: what is open is closed, what it started is ended.

    They raise ``SystemExit`` with 128 and their number, as shells count, in the main thread. What is ignored from the
    start, as ``nohup`` has it, or handled by somebody else stays so.
    """
    here = threading.current_thread() is threading.main_thread()
    taken = [number for number in _ASKED if here and signal.getsignal(number) is signal.SIG_DFL]
    last, code = -1.0, 0

    def end(number: int, _: FrameType | None) -> None:
        nonlocal last, code
        now = time.monotonic()
        # ``timeout`` asks twice at once: the second must not disturb the end that the first began.
        if last < 0 or now - last > 1:
            last, code = now, 128 + number
            _end_children()
            raise SystemExit(code)

    for number in taken:
        signal.signal(number, end)
    try:
        yield
    except Exception:
        # What fails on the way out, such as a progress bar on a terminal that is gone, is not why it ends.
        if code:
            raise SystemExit(code) from None
        raise
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _end_children() -> None:
    """End the processes that this one works with: it would wait for them."""
    multiprocessing = sys.modules.get("multiprocessing")
    for child in multiprocessing.active_children() if multiprocessing else []:
        child.terminate()

"""Programs of the user's: started without a shell, ended with what they started, and read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import TIMEOUT_MAX, Thread
from typing import IO, Any

from archgraph._guard import GUARD

MOST = 1_000_000
"""Bytes that a program may write to its stdout."""

TAIL = 10_000
"""Bytes of its stderr that are kept, the last ones."""

_RUNNING: set[subprocess.Popen[bytes]] = set()


def check_command(command: Sequence[str]) -> tuple[str, ...]:
    """A program and its arguments.

    Raises:
        ValueError: It is none, or there is no such program.
    """
    if isinstance(command, str) or not command:
        raise ValueError(f"command must be a program and its arguments, as a list, but is {command!r}")
    if shutil.which(command[0]) is None:
        raise ValueError(f"command {command[0]!r} is no program that can be started; give its path")
    return tuple(command)


def printed(arguments: Sequence[str], timeout: float, told: str | None = None) -> str:
    """What a program writes to its stdout.

    Args:
        arguments: The program and its arguments.
        timeout: Seconds after which the program, and what it started, is ended.
        told: What it reads from its stdin; None = nothing.

    Raises:
        OSError: It cannot be started.
        TimeoutError: It did not end in time.
        RuntimeError: It ended with another code than 0, or by a signal, or wrote more than ``MOST``.
    """
    GUARD.begin()
    try:
        # A session of its own, so that what the program started can be ended with it.
        program = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL if told is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise OSError(f"the command {arguments[0]!r} cannot be started: {error.strerror or error}") from error
    try:
        with _listed(program):
            out, complaints = _talked(program, timeout, told)
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            f"the command did not end within {timeout:g} s and was ended; see what it waits for, or allow more time"
        ) from None
    if len(out) > MOST:
        raise RuntimeError(
            f"the command printed more than {MOST // 10**6} MB and was ended; let it print its answer only"
        )
    if program.returncode:
        last = last_line(complaints.decode(errors="replace"))
        how = f"exit code {program.returncode}" if program.returncode > 0 else f"signal {-program.returncode}"
        raise RuntimeError(f"the command ended with {how}" + (f": {short(last)}" if last else " and said nothing"))
    return out.decode(errors="replace")


def _talked(program: subprocess.Popen[bytes], timeout: float, told: str | None) -> tuple[bytearray, bytearray]:
    """What a program wrote to its stdout, which ends it at ``MOST``, and last to its stderr; it has ended.

    Raises:
        subprocess.TimeoutExpired: It did not end in time.
    """
    out, complaints = bytearray(), bytearray()

    def listen() -> None:
        for chunk in _chunks(program.stdout):
            out.extend(chunk)
            if len(out) > MOST:
                _end(program)
                return

    def overhear() -> None:
        for chunk in _chunks(program.stderr):
            complaints.extend(chunk)
            del complaints[:-TAIL]

    def tell() -> None:
        assert program.stdin is not None
        with suppress(OSError), program.stdin as stream:  # it need not listen
            stream.write((told or "").encode())

    threads = [
        Thread(target=each, daemon=True) for each in ((listen, overhear) if told is None else (listen, overhear, tell))
    ]
    last = time.monotonic() + timeout
    for thread in threads:
        thread.start()
    for thread in threads[:2]:
        thread.join(min(max(last - time.monotonic(), 0), TIMEOUT_MAX))
        if thread.is_alive():
            raise subprocess.TimeoutExpired(program.args, timeout)
    program.wait(max(last - time.monotonic(), 0))
    return out, complaints


def _chunks(stream: IO[bytes] | None) -> Iterator[bytes]:
    """What is written, as it is written; the stream is closed."""
    assert stream is not None
    with stream:
        while chunk := os.read(stream.fileno(), 1 << 16):
            yield chunk


def end_programs() -> None:
    """End all that run, and what they started: those who wait for them in other threads are told that they ended."""
    for program in list(_RUNNING):
        _end(program)


@contextmanager
def _listed(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """Inside, a program is ended with this process, and with what is raised."""
    _RUNNING.add(program)
    try:
        with GUARD.held(program.pid):
            yield
    except BaseException:
        _end(program)
        program.wait()
        raise
    finally:
        _RUNNING.discard(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program and what it started."""
    if not hasattr(os, "killpg"):
        program.kill()
        return
    # Some systems do not permit it where all of the group have ended and nobody has asked how.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that the last line of ``text`` is, or the whole; None if neither is one."""
    for part in (last_line(text), text):
        try:
            value = json.loads(part)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return None


def last_line(text: str) -> str:
    """The last line of ``text`` that is not blank; "" if there is none."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def short(value: object) -> str:
    """As Python writes it, in at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

"""Programs of the user's: started without a shell, ended with what they started, and read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

_RUNNING: set[subprocess.Popen[str]] = set()


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
        RuntimeError: It ended with another code than 0, or by a signal.
    """
    try:
        # A session of its own, so that what the program started can be ended with it.
        program = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL if told is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise OSError(f"the command {arguments[0]!r} cannot be started: {error.strerror or error}") from error
    with program, _listed(program):
        try:
            out, complaints = program.communicate(told, timeout)
        except subprocess.TimeoutExpired:
            _end(program)
            raise TimeoutError(
                f"the command did not end within {timeout:g} s and was ended; see what it waits for, or allow more time"
            ) from None
        except BaseException:
            _end(program)
            raise
    if program.returncode:
        last = [line.strip() for line in complaints.splitlines() if line.strip()][-1:]
        how = f"exit code {program.returncode}" if program.returncode > 0 else f"signal {-program.returncode}"
        raise RuntimeError(f"the command ended with {how}" + (f": {short(last[0])}" if last else " and said nothing"))
    return out


def end_programs() -> None:
    """End all that run, and what they started: those who wait for them in other threads are told that they ended."""
    for program in list(_RUNNING):
        _end(program)


@contextmanager
def _listed(program: subprocess.Popen[str]) -> Iterator[None]:
    _RUNNING.add(program)
    try:
        yield
    finally:
        _RUNNING.discard(program)


def _end(program: subprocess.Popen[str]) -> None:
    """End a program and what it started."""
    if not hasattr(os, "killpg"):
        program.kill()
        return
    with suppress(ProcessLookupError):
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

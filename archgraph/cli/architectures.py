"""Architectures in a file or on stdin, one a line, in the text of their space."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgraph.spaces import SearchSpace
    from archgraph.typing import IntArray


def read_text(file: str) -> str:
    """The text of ``file``, ``"-"`` for stdin, without a mark of its encoding at the beginning.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no text.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"--archs {file!r} is no text: {error.reason} at byte {error.start}") from error
    return text.removeprefix("\ufeff")


def parse_lines(text: str, file: str, space: SearchSpace) -> tuple[IntArray, list[str]]:
    """``(B, G)`` genotypes and the lines that name them; empty lines are left out.

    Raises:
        ValueError: A line is no architecture of the space, or there is none.
    """
    from archgraph.data.readers.architectures import parsed

    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise ValueError(f"--archs {file!r} holds no architecture")
    names = [line for _, line in lines]
    return parsed(names, space, lambda row: f"{file} line {lines[row][0]}"), names

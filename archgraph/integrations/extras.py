"""One clear line where a library is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(library: str, extra: str, module: str) -> Iterator[None]:
    """Imports of ``library`` belong inside: what is missing is then named with its cure.

    Args:
        library: As it is called, such as "syne-tune".
        extra: Of this package, which installs it.
        module: That needs it: its ``__name__``.

    Raises:
        ImportError: The library, or a part of it, is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(f"{module} needs {library}; install archgraph[{extra}]", name=error.name) from error

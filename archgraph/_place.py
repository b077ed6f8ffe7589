"""Where something is kept: in memory, in a SQLite file, or in the database of a server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

NAME = "study"
"""Key in a URL's query that names one of several in a database, and the name of one that is given none."""


def is_url(place: str | os.PathLike[str]) -> bool:
    """Whether ``place`` is a URL, not a path."""
    return isinstance(place, str) and "://" in place


@dataclass(frozen=True)
class Place:
    """A place as it was given, read.

    Attributes:
        path: Of the SQLite file; None in memory and on a server.
        url: Of the server's database, without the name; None for SQLite.
        name: Which of those that are in one database.
        shown: What messages call it, passwords hidden; None in memory.
    """

    path: Path | None = None
    url: URL | None = None
    name: str = NAME
    shown: str | None = None

    @classmethod
    def parse(cls, place: str | os.PathLike[str] | None) -> Place:
        """Read a path, a URL as SQLAlchemy writes it, or None for memory.

        ``?study=NAME`` at the end of a URL names one of several in its database. Without a driver, ``postgresql://``
        means the one that the extra "postgres" installs.

        Raises:
            ValueError: It is no such URL.
        """
        if place is None:
            return cls()
        if not is_url(place):
            return cls(path=Path(place), shown=str(Path(place)))
        given = _url(str(place))
        name = given.query.get(NAME, NAME)
        if not isinstance(name, str):
            raise ValueError(f"{_shown(given)!r} must name one study: ?{NAME}=NAME")
        url = given.difference_update_query([NAME])
        if url.get_backend_name() != "sqlite":
            driver = "postgresql+psycopg" if url.drivername == "postgresql" else url.drivername
            return cls(url=url.set(drivername=driver), name=name, shown=_shown(given))
        if url.host or url.query:
            raise ValueError(f"{_shown(given)!r} must be of the form sqlite:///FILE?{NAME}=NAME")
        if url.database in (None, "", ":memory:"):
            return cls(name=name)
        return cls(path=Path(str(url.database)), name=name, shown=_shown(given))


def _url(text: str) -> URL:
    kind = text.partition("://")[0]
    form = "it must be of the form postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE, or the path of a file"
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        # Their messages may hold the password.
        raise ValueError(f"the URL that begins with {kind!r} cannot be read; {form}") from None


def _shown(url: URL) -> str:
    hidden = {key: "***" for key in url.query if "passw" in key.lower()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)

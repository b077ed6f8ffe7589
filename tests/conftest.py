"""What tests share: the mirror of the public data, its tables read once, a database server, and a browser for pages.

``ARCHGRAPH_REQUIRE``, a comma-separated list out of ``mirror``, ``browser``, ``postgres`` and ``integrations``, turns
the skips into failures.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache as memoised
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests import postgres_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from archgraph.data import ArchTable

if "PYTEST_XDIST_WORKER" in os.environ:
    # There are as many workers as cores: threads of two that wait for each other would take minutes for seconds.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")

REQUIRABLE = ("mirror", "browser", "postgres", "integrations")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure(config: pytest.Config) -> None:
    unknown = set(_required()) - set(REQUIRABLE)
    if unknown:
        raise pytest.UsageError(f"ARCHGRAPH_REQUIRE names {sorted(unknown)}; expected some of {', '.join(REQUIRABLE)}")


def _required() -> list[str]:
    return [name.strip() for name in os.environ.get("ARCHGRAPH_REQUIRE", "").split(",") if name.strip()]


def _lacking(name: str, reason: str) -> NoReturn:
    if name in _required():
        pytest.fail(f"ARCHGRAPH_REQUIRE lists {name!r}, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the public data files, named by ``ARCHGRAPH_MIRROR``, which the code under test reads too."""
    named = os.environ.get("ARCHGRAPH_MIRROR")
    if not named:
        _lacking("mirror", "ARCHGRAPH_MIRROR is not set to a folder with the public data files")
    folder = Path(named).resolve()
    if not folder.is_dir():
        _lacking("mirror", f"ARCHGRAPH_MIRROR={named} is no folder")
    return folder


@pytest.fixture(scope="session")
def public(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ArchTable]:
    """``load`` for public tables, through the mirror, from a cache that all tests share."""
    from archgraph.data import load

    folder = tmp_path_factory.mktemp("public")

    @memoised
    def loaded(name: str) -> ArchTable:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ARCHGRAPH_CACHE", str(folder))
            return load(name)

    return loaded


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a database of a PostgreSQL server that runs for this test process alone."""
    folder = postgres_server.programs()
    if folder is None:
        _lacking("postgres", "PostgreSQL is not installed; on Debian: apt-get install postgresql")
    try:
        import psycopg  # noqa: F401 # only whether it is there
    except ImportError:
        _lacking("postgres", "psycopg is not installed; install archgraph[dev]")
    with postgres_server.serving(folder) as url:
        yield url


_NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a study can be begun: a file, and a name in the server's database."""
    if request.param == "sqlite":
        return str(tmp_path / "s.sqlite")
    return f"{request.getfixturevalue('postgres')}?study=test-{next(_NUMBERS)}"


@pytest.fixture(scope="session")
def browser() -> Path:
    """The executable of Chromium: ``ARCHGRAPH_BROWSER``, or the first found on the ``PATH``."""
    named = os.environ.get("ARCHGRAPH_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        _lacking("browser", f"{named or ' or '.join(BROWSERS)} is not installed; set ARCHGRAPH_BROWSER to its path")
    return Path(found)


@pytest.fixture
def page(browser: Path) -> Iterator[Page]:
    """A Playwright page in headless Chromium, cut off from the network.

    Open files with ``page.goto(path.as_uri())``. A script error, an error on the console, or an attempt to load
    anything from the network fails the test.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _lacking("browser", "playwright is not installed; install archgraph[dev]")
    problems: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=list(BROWSER_OPTIONS))
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        context.on("request", lambda request: _note_remote(request.url, problems))
        opened = context.new_page()
        opened.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        opened.on("console", lambda message: _note_error(message.type, message.text, problems))
        yield opened
        chromium.close()
    assert problems == []


def _note_remote(url: str, problems: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:", "about:")):
        problems.append(f"request to {url}")


def _note_error(kind: str, text: str, problems: list[str]) -> None:
    if kind == "error":
        problems.append(f"console: {text}")

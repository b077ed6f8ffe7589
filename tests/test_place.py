from pathlib import Path

import pytest

from archgraph._place import Place, is_url


def test_a_path_is_a_file() -> None:
    for given in ("studies/a.db", Path("studies/a.db")):
        place = Place.parse(given)
        assert (place.path, place.url, place.name, place.shown) == (Path("studies/a.db"), None, "study", "studies/a.db")
    assert Place.parse(None) == Place(None, None, "study", None)
    assert [is_url(one) for one in ("a.db", Path("a.db"), "sqlite:///a.db")] == [False, False, True]


def test_a_url_names_one_of_several() -> None:
    place = Place.parse("postgresql+psycopg://me@host:5433/nas?connect_timeout=5&study=first")
    assert place.path is None
    assert place.url is not None
    assert place.url.render_as_string() == "postgresql+psycopg://me@host:5433/nas?connect_timeout=5"
    assert place.name == "first"
    assert place.shown == "postgresql+psycopg://me@host:5433/nas?connect_timeout=5&study=first"
    # The driver that the extra installs.
    plain = Place.parse("postgresql://host/nas")
    assert plain.url is not None
    assert (plain.url.drivername, plain.name) == ("postgresql+psycopg", "study")
    assert Place.parse("postgresql://host/nas?study=").name == "study"


def test_a_url_of_sqlite_is_a_file_or_memory() -> None:
    place = Place.parse("sqlite:///some/a.db?study=first")
    assert (place.path, place.url, place.name) == (Path("some/a.db"), None, "first")
    assert place.shown == "sqlite:///some/a.db?study=first"
    assert Place.parse("sqlite:////tmp/a.db").path == Path("/tmp/a.db")
    assert Place.parse("sqlite://") == Place.parse("sqlite:///:memory:") == Place()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hunter2@host/nas",
        "postgresql+psycopg://me@host/nas?password=hunter2",
        "postgresql+psycopg://me@host/nas?sslpassword=hunter2&study=a",
    ],
)
def test_passwords_are_used_but_never_shown(url: str) -> None:
    place = Place.parse(url)
    assert place.url is not None
    assert "hunter2" in place.url.render_as_string(hide_password=False)
    assert place.shown is not None
    assert "hunter2" not in place.shown
    assert "host/nas" in place.shown


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("postgresql://me:hunter2@host:port/nas", "the URL that begins with 'postgresql' cannot be read; it must be"),
        ("post gres://me:hunter2@host/nas", "the URL that begins with 'post gres' cannot be read; it must be"),
        ("sqlite://host/a.db", "'sqlite://host/a.db' must be of the form sqlite:///FILE"),
        ("sqlite:///a.db?mode=ro", "'sqlite:///a.db.mode=ro' must be of the form sqlite:///FILE"),
        ("postgresql://me:hunter2@host/nas?study=a&study=b", "must name one study"),
    ],
)
def test_other_urls_are_refused(url: str, line: str) -> None:
    with pytest.raises(ValueError, match=line) as refused:
        Place.parse(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None

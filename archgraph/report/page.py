"""One HTML file that needs nothing else: styles, scripts, data and drawings are inside."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from archgraph._files import write_text
from archgraph.report.group import Group, groups_data
from archgraph.report.html import Html, element, join, json_block
from archgraph.report.quantity import Quantity
from archgraph.report.section import CHART, Section

STYLES = ("theme", "page", "charts", "tables", "panel", "media")
SCRIPTS = ("format", "data", "theme", "chart", "front", "agreement", "rank", "rounds", "panel", "tables", "main")


@dataclass(frozen=True)
class Fact:
    """A figure that a reader should see first.

    Attributes:
        label: What it is.
        value: As text, without unit.
        unit: Of the value.
        note: What to hold it against.
    """

    label: str
    value: str
    unit: str = ""
    note: str = ""


def write_page(
    path: str | os.PathLike[str],
    title: str,
    sections: Sequence[Section],
    *,
    summary: str = "",
    facts: Sequence[Fact] = (),
    settings: Mapping[str, object] | None = None,
    date: str = "",
    groups: Sequence[Group] = (),
    quantities: Sequence[Quantity] = (),
) -> None:
    """Write a report to ``path``, whole or not at all.

    Args:
        path: Of the HTML file.
        title: Its heading.
        sections: In the order of reading.
        summary: What was done, in a sentence or two.
        facts: The figures to see first.
        settings: Name to value: seeds, versions, options; whatever it takes to repeat the work.
        date: When the work was done, as readers should see it.
        groups: The architectures that charts and tables refer to.
        quantities: What is known of them; the side panel lists them in this order.

    Raises:
        ValueError: There are no sections.
        OSError: The file cannot be written.
    """
    if not sections:
        raise ValueError("sections must hold at least one section, but is empty")
    data = groups_data(groups, quantities) if groups else None
    body = join(
        _header(title, summary, facts, settings or {}, date, sections),
        element(
            "div",
            element("main", *(_section(number, section) for number, section in enumerate(sections)), id="main"),
            _panel() if data else None,
            class_="columns with-panel" if data else "columns",
        ),
        element("footer", element("p", "Made with archgraph. The page holds all of its data and loads nothing.")),
        element("div", id="tooltip", aria_hidden="true"),
        json_block(data, id="data"),
    )
    write_text(path, _document(title, body))


def _document(title: str, body: Html) -> str:
    scripts = [_own_script()]
    if CHART in body:
        from plotly.offline import get_plotlyjs

        scripts.insert(0, Html(get_plotlyjs()))
    head = join(
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Html("\n".join(_asset(f"{name}.css") for name in STYLES))),
    )
    inside = element("body", body, *(element("script", script) for script in scripts))
    page = element("html", element("head", head), inside, lang="en")
    return f"<!doctype html>\n{page}\n"


def _policy(scripts: Sequence[str]) -> str:
    """Lets the page's own scripts run and nothing else, and forbids every request."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def _own_script() -> Html:
    return Html('"use strict";\n(() => {\n' + "\n".join(_asset(f"{name}.js") for name in SCRIPTS) + "\n})();\n")


def _asset(name: str) -> str:
    return (resources.files("archgraph.report") / "assets" / name).read_text(encoding="utf-8")


def _header(
    title: str,
    summary: str,
    facts: Sequence[Fact],
    settings: Mapping[str, object],
    date: str,
    sections: Sequence[Section],
) -> Html:
    links = (element("a", section.title, href=f"#{_anchor(i, section)}") for i, section in enumerate(sections))
    return element(
        "header",
        element(
            "div",
            element("p", "archgraph report", element("span", date) if date else None, class_="kicker"),
            element("button", "Dark", type="button", id="theme", hidden=True),
            class_="bar",
        ),
        element("h1", title),
        element("p", summary, class_="summary") if summary else None,
        element("dl", *(_fact(fact) for fact in facts), class_="facts") if facts else None,
        _settings(settings) if settings else None,
        element("nav", *links, aria_label="Contents") if len(sections) > 1 else None,
        element("noscript", element("p", "Charts need JavaScript; the tables hold the same figures.")),
    )


def _fact(fact: Fact) -> Html:
    unit = element("span", fact.unit, class_="unit") if fact.unit else None
    note = element("dd", fact.note, class_="note") if fact.note else None
    return element("div", element("dt", fact.label), element("dd", fact.value, Html(" ") if unit else None, unit), note)


def _settings(settings: Mapping[str, object]) -> Html:
    entries = (element("div", element("dt", str(name)), element("dd", str(value))) for name, value in settings.items())
    return element("details", element("summary", "Settings and versions"), element("dl", *entries, class_="settings"))


def _section(number: int, section: Section) -> Html:
    anchor = _anchor(number, section)
    heading = element("h2", section.title, id=f"{anchor}-title")
    return element("section", heading, section.body, id=anchor, aria_labelledby=f"{anchor}-title")


def _anchor(number: int, section: Section) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-")
    return f"{words or 'section'}-{number + 1}"


def _panel() -> Html:
    return element("aside", id="panel", aria_label="Chosen architecture", aria_live="polite")

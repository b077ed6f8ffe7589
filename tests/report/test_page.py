from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archgraph.report import Fact, Section, write_page
from archgraph.report.agreement import agreement_section
from archgraph.report.front import front_section
from archgraph.report.group import Group
from archgraph.report.quantity import Quantity
from archgraph.report.section import lead

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = (
    "</script><script>window.ran=1</script><img src=x onerror='window.ran=1'>\"&amp;{{x}}<a href='javascript:1'>y</a>"
)


class _Links(HTMLParser):
    """Collects what a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {value}" for name, value in attrs if name in ("src", "href", "data", "action")]


def _write(path: Path, **options: object) -> None:
    write_page(path, "A study", [Section("First part", lead("It went well."))], **options)


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    _write(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    links = _Links()
    links.feed(text)
    assert links.found == ["link data:,"]
    assert text.startswith('<!doctype html>\n<html lang="en">')
    # Only charts need the plotting library, which is most of a page.
    assert len(text) < 100_000


def test_only_the_scripts_of_the_page_may_run(tmp_path: Path, verified: Group, quantities: list[Quantity]) -> None:
    write_page(tmp_path / "page.html", "A study", [front_section([verified], quantities)], groups=[verified])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', (tmp_path / "page.html").read_text("utf-8"))
    assert policy is not None
    parts = dict(part.strip().split(" ", 1) for part in policy[1].replace("&#x27;", "'").split(";"))
    assert parts["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/=]{44}' 'sha256-[\w+/=]{44}'", parts["script-src"])


def test_the_head_says_what_was_done(tmp_path: Path) -> None:
    facts = [Fact("Hypervolume", "97.1", "%", "of <all>")]
    _write(tmp_path / "page.html", summary="We searched.", facts=facts, settings={"seed": 3}, date="1 May 2026")
    head = (tmp_path / "page.html").read_text(encoding="utf-8").split("<main", 1)[0].split("<body>")[1]
    words = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", head))
    for text in ("A study", "1 May 2026", "We searched.", "Hypervolume 97.1 %", "of &lt;all&gt;", "seed 3"):
        assert text in words


def test_no_sections_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one section"):
        write_page(tmp_path / "page.html", "Empty", [])


def test_the_same_content_gives_the_same_file(tmp_path: Path, verified: Group, quantities: list[Quantity]) -> None:
    for name in ("a", "b"):
        _write(tmp_path / name, groups=[verified], quantities=quantities)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_text_can_run_a_script(open_page: Callable[..., Page], point: Callable[..., tuple[float, float]]) -> None:
    quantities = [Quantity("acc", EVIL, "max", EVIL), Quantity("ms", EVIL, "min", EVIL)]
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><text>&lt;conv&gt;</text></svg>'
    measured = {"acc": [1.0, 2.0], "ms": [1.0, 2.0]}
    group = Group("verified", EVIL, [EVIL, "b"], {"acc": [1.5, 2.5]}, measured, [True, True], [drawing, None])
    sections = [front_section([group], quantities), agreement_section([group], quantities)]

    def write(path: Path) -> None:
        write_page(
            path,
            EVIL,
            [Section(EVIL, section.body) for section in sections if section],
            summary=EVIL,
            facts=[Fact(EVIL, EVIL, EVIL, EVIL)],
            settings={EVIL: EVIL},
            date=EVIL,
            groups=[group],
            quantities=quantities,
        )

    page = open_page(write)
    page.mouse.move(*point(page.locator("figure[data-kind=front]"), 1.0, 1.0))
    assert page.locator("#tooltip.shown strong").inner_text() == EVIL
    assert page.locator("h1").inner_text() == EVIL
    assert page.locator("#panel .name").inner_text() == EVIL
    assert page.locator("figure[data-kind=front] .legend button").last.inner_text().strip() == EVIL
    # The browser shows as text what would have been elements.
    assert page.locator("main img, main a, svg a").count() == 0
    assert page.evaluate("window.ran") is None


def test_dark_light_narrow_and_print(
    open_page: Callable[..., Page], verified: Group, quantities: list[Quantity]
) -> None:
    def write(path: Path) -> None:
        section = front_section([verified], quantities)
        write_page(path, "A study", [section], groups=[verified], quantities=quantities)

    page = open_page(write)
    paper = "getComputedStyle(document.body).backgroundColor"
    axis = "document.querySelector('.xtick text').style.fill"
    light = page.evaluate(paper), page.evaluate(axis)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("[data-theme=dark]")
    dark = page.evaluate(paper), page.evaluate(axis)
    assert light[0] == "rgb(255, 255, 255)"
    assert dark[0] == "rgb(20, 23, 26)"
    assert light[1] != dark[1]
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert (page.evaluate(paper), page.evaluate(axis)) == light
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.get_by_role("button", name="Switch to the light theme").click()
    assert page.evaluate(paper) == light[0]
    page.set_viewport_size({"width": 380, "height": 700})
    deadline = time.monotonic() + 60
    # The page's policy forbids wait_for_function, which evaluates text.
    while page.evaluate("document.querySelector('.plot .main-svg').getBoundingClientRect().width") >= 380:
        assert time.monotonic() < deadline, "the chart did not shrink with the window"
        page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.locator("#panel").wait_for(state="hidden")
    page.locator(".pick").first.click()
    page.locator("#panel .name", has_text="first").wait_for(state="visible")
    page.get_by_role("button", name="Close").click()
    page.locator("#panel").wait_for(state="hidden")

"""A part of a page: a heading and what stands under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archgraph.report.html import Html, element, json_block

CHART = '<figure class="chart"'
"""How the markup of every chart begins."""


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        title: Its heading; the contents at the top of the page list it.
        body: Its markup.
    """

    title: str
    body: Html


def chart(kind: str, spec: Mapping[str, Any], description: str, caption: str = "") -> Html:
    """A figure that the page's script of that kind draws.

    Args:
        kind: ``front``, ``agreement``, ``rank`` or ``rounds``.
        spec: What the script needs beside the page's architectures.
        description: What the figure shows, for those who cannot see it.
        caption: What to look for in it.
    """
    return element(
        "figure",
        element("div", class_="controls"),
        element("div", class_="legend", role="group", aria_label="Shown in the chart"),
        element("div", class_="plot", role="img", aria_label=description),
        element("figcaption", caption) if caption else None,
        json_block(spec),
        class_="chart",  # first, as CHART says
        data_kind=kind,
    )


def lead(text: str) -> Html:
    """The sentence or two that say what a section shows."""
    return element("p", text, class_="lead")

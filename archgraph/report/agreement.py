"""The section that holds predictions against what verification found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph import metrics
from archgraph.report.curves import metric_title
from archgraph.report.group import Group
from archgraph.report.html import Html, element, join
from archgraph.report.quantity import Quantity, decimals
from archgraph.report.section import Section, chart, lead
from archgraph.report.tables import Cell, Column, table
from archgraph.typing import BoolArray


def agreement_section(groups: Sequence[Group], quantities: Sequence[Quantity]) -> Section | None:
    """A scatter for every quantity that was both predicted and measured, and how well the two agree.

    Args:
        groups: As the page holds them; those with both values of a quantity take part.
        quantities: To look at, in this order.

    Returns:
        None when nothing was both predicted and measured.
    """
    parts = [_part(groups, quantity) for quantity in quantities if _comparable(groups, quantity)]
    if not parts:
        return None
    text = "On the diagonal prediction and verification agree; above it verification found more than was predicted."
    return Section("Predicted against verified", join(lead(text), element("div", *parts, class_="charts")))


def _part(groups: Sequence[Group], quantity: Quantity) -> Html:
    figure = chart(
        "agreement",
        {"column": quantity.column},
        f"Scatter of verified against predicted {quantity.heading}, with the diagonal on which both are equal.",
    )
    compared = _comparable(groups, quantity)
    digits = 1 + decimals(np.concatenate([group.values(quantity.column, "measured") for group in compared]).tolist())
    columns = [
        Column("architectures"),
        Column("n", digits=0),
        Column("bias", quantity.shown_unit, digits),
        Column("RMSE", quantity.shown_unit, digits),
        Column(metric_title("tau"), digits=3),
    ]
    rows = [_agreement(group, quantity) for group in compared]
    title = quantity.title[:1].upper() + quantity.title[1:]
    return element("div", element("h3", title), figure, table(columns, rows, "Bias is predicted minus verified"))


def _agreement(group: Group, quantity: Quantity) -> list[Cell]:
    rows = _both(group, quantity.column)
    guess, truth = group.values(quantity.column, "predicted")[rows], group.values(quantity.column, "measured")[rows]
    tau = metrics.kendall_tau(guess, truth) if len(guess) > 1 else None
    return [group.label, int(rows.sum()), float(np.mean(guess - truth)), metrics.rmse(guess, truth), tau]


def _comparable(groups: Sequence[Group], quantity: Quantity) -> list[Group]:
    return [group for group in groups if _both(group, quantity.column).any()]


def _both(group: Group, column: str) -> BoolArray:
    return np.isfinite(group.values(column, "predicted")) & np.isfinite(group.values(column, "measured"))

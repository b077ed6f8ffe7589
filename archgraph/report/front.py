"""The section of the Pareto front: candidates, verified architectures, baseline and where they lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph.report.group import Group
from archgraph.report.html import Html, join
from archgraph.report.quantity import Quantity
from archgraph.report.section import Section, chart, lead
from archgraph.report.tables import Cell, Column, Pick, table


def front_section(groups: Sequence[Group], quantities: Sequence[Quantity], ends: Sequence[int] = ()) -> Section:
    """The interactive front and a table of what was verified.

    Args:
        groups: As the page holds them.
        quantities: Objectives first; the first two with a goal are the axes until the reader chooses others. With
            fewer than two that have values there is the table only.
        ends: How many were verified by the end of each round: readers choose the round up to which they are shown.
    """
    shown = [quantity for quantity in quantities if any(_has(group, quantity.column) for group in groups)]
    text = "Every architecture the search asked for, where the predictors saw it, and where verification put it."
    tables = (verified_table(number, group, shown) for number, group in enumerate(groups) if group.role == "verified")
    return Section("Pareto front", join(lead(text), _figure(shown, ends) if len(shown) > 1 else None, *tables))


def _figure(quantities: Sequence[Quantity], ends: Sequence[int]) -> Html:
    across, up = _axes(quantities)
    return chart(
        "front",
        {
            "x": across.column,
            "y": up.column,
            "columns": [quantity.column for quantity in quantities],
            "ends": list(ends),
        },
        f"Scatter of {up.heading} against {across.heading}. Left and right arrow keys step through the architectures.",
        "Choose a point to see its architecture. Thin lines lead from the place that was predicted to the one that was "
        "verified; filled points are the front of the verified.",
    )


def verified_table(number: int, group: Group, quantities: Sequence[Quantity]) -> Html:
    """What was predicted and measured of each architecture of ``group``, the page's group ``number``."""
    columns = [Column("architecture")]
    down: list[list[Cell]] = [[Pick(name, number, row) for row, name in enumerate(group.names)]]
    if len(group.front):
        columns.append(Column("on the front"))
        down.append([bool(flag) for flag in group.front])
    for quantity in quantities:
        guess, truth = group.values(quantity.column, "predicted"), group.values(quantity.column, "measured")
        if np.isfinite(guess).any():
            columns.append(Column(f"{quantity.title}, predicted", quantity.shown_unit))
            down.append(list(guess.tolist()))
        if np.isfinite(truth).any():
            verified = f"{quantity.title}, verified" if np.isfinite(guess).any() else quantity.title
            columns.append(Column(verified, quantity.shown_unit))
            down.append(list(truth.tolist()))
    return table(columns, list(zip(*down, strict=True)), caption=f"{group.label}: {len(group)} architectures")


def _axes(quantities: Sequence[Quantity]) -> tuple[Quantity, Quantity]:
    """Cost across and quality up, as the field draws fronts."""
    first, second = (sorted(quantities, key=lambda quantity: quantity.goal is None))[:2]
    return (second, first) if first.goal == "max" else (first, second)


def _has(group: Group, column: str) -> bool:
    return bool(
        np.isfinite(group.values(column, "measured")).any() or np.isfinite(group.values(column, "predicted")).any()
    )

"""Tables that read well on paper and sort by a click on a heading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

from archgraph.report.html import Html, element, join
from archgraph.report.quantity import decimals, number_text


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its heading.
        unit: Shown with the heading, not with each value.
        digits: After the point; None works it out from the values.
    """

    name: str
    unit: str = ""
    digits: int | None = None


class Spread(NamedTuple):
    """A number with the range it came from; tables sort by the number."""

    value: float
    low: float
    high: float


class Pick(NamedTuple):
    """A name that shows its architecture in the side panel when it is chosen."""

    name: str
    group: int
    row: int


Cell = str | float | int | bool | Spread | Pick | None


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], caption: str = "") -> Html:
    """A table; the first cell of every row names the row.

    Args:
        columns: One for each cell of a row.
        rows: Numbers are aligned right and share their number of digits down the column; None is a dash.
        caption: What the table holds.

    Raises:
        ValueError: A row has another number of cells than there are columns.
    """
    for number, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(f"rows must have {len(columns)} cells each, but row {number} has {len(row)}")
    down = [[row[i] for row in rows] for i in range(len(columns))]
    numeric = [_is_numeric(cells) for cells in down]
    digits = [
        column.digits if column.digits is not None else decimals(_number(cell) for cell in cells)
        for column, cells in zip(columns, down, strict=True)
    ]
    head = element("tr", *(_heading(column, right) for column, right in zip(columns, numeric, strict=True)))
    body = (element("tr", *(_cell(cell, i == 0, numeric[i], digits[i]) for i, cell in enumerate(row))) for row in rows)
    inside = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", head),
        element("tbody", *body),
        class_="sortable",
    )
    return element("div", inside, class_="scroll", role="region", tabindex=0, aria_label=caption or "Table")


def _heading(column: Column, right: bool) -> Html:
    unit = element("span", column.unit, class_="unit") if column.unit else None
    arrow = element("span", class_="arrow", aria_hidden="true")
    button = element("button", element("span", column.name, " " if unit else None, unit), arrow, type="button")
    return element("th", button, scope="col", aria_sort="none", class_="number" if right else None)


def _cell(cell: Cell, first: bool, right: bool, digits: int) -> Html:
    name = "th" if first else "td"
    number = _number(cell)
    known = number is not None and math.isfinite(number)
    return element(
        name,
        _content(cell, digits),
        scope="row" if first else None,
        class_="number" if right else None,
        data_value=repr(float(number)) if right and number is not None and known else None,
    )


def _content(cell: Cell, digits: int) -> Html:
    if isinstance(cell, Pick):
        return element("button", cell.name, type="button", class_="pick", data_group=cell.group, data_row=cell.row)
    if isinstance(cell, Spread):
        low, high = number_text(cell.low, digits), number_text(cell.high, digits)
        middle = number_text(cell.value, digits)
        spread = element("span", f"{low} to {high}", class_="spread") if cell.low != cell.high else None
        return join(middle, Html(" ") if spread else None, spread)
    if isinstance(cell, bool):
        return element("span", "yes" if cell else "no", class_="yes" if cell else "no")
    if isinstance(cell, str):
        return join(cell)
    return join(number_text(cell, digits))


def _number(cell: Cell) -> float | None:
    if isinstance(cell, Spread):
        return cell.value
    return float(cell) if isinstance(cell, Real) and not isinstance(cell, bool) else None


def _is_numeric(cells: Sequence[Cell]) -> bool:
    return any(_number(cell) is not None for cell in cells) and all(
        cell is None or _number(cell) is not None for cell in cells
    )

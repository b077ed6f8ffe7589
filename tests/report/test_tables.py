from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archgraph.report import Section, write_page
from archgraph.report.tables import Column, Pick, Spread, table

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_numbers_stand_right_with_the_unit_in_the_heading() -> None:
    found = table([Column("name"), Column("latency", "ms")], [["a", 1.25], ["b", None]])
    assert '<td class="number" data-value="1.25">1.250</td>' in found
    assert '<td class="number">–</td>' in found
    assert '<span class="unit">ms</span>' in found
    assert re.search(r'<th scope="col" aria-sort="none" class="number">', found)


def test_the_first_cell_names_the_row() -> None:
    assert '<th scope="row">a &amp; b</th>' in table([Column("name"), Column("n")], [["a & b", 1]])


def test_digits_are_shared_down_a_column() -> None:
    found = table([Column("n"), Column("v"), Column("w", digits=1)], [["a", 10.5, 1.26], ["b", 2.0, 3.0]])
    assert re.findall(r">([\d.]+)</td>", found) == ["10.50", "1.3", "2.00", "3.0"]


def test_spreads_picks_and_flags() -> None:
    found = table([Column("a"), Column("tau"), Column("ok")], [[Pick("x<y", 2, 5), Spread(0.5, 0.4, 0.6), True]])
    assert 'data-group="2" data-row="5">x&lt;y</button>' in found
    assert '0.5000 <span class="spread">0.4000 to 0.6000</span>' in found
    assert 'data-value="0.5"' in found
    assert '<span class="yes">yes</span>' in found


def test_rows_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cells each, but row 1 has 3"):
        table([Column("a"), Column("b")], [["x", 1], ["y", 1, 2]])


def test_a_click_on_a_heading_sorts(open_page: Callable[..., Page]) -> None:
    rows = [["net 10", 2.0, "x"], ["net 9", None, "y"], ["net 1", 10.0, "x"], ["net 2", -3.0, "y"]]
    body = table([Column("name"), Column("value"), Column("kind")], rows)

    def write(path: Path) -> None:
        write_page(path, "Tables", [Section("Table", body)])

    page = open_page(write)
    names = page.locator("tbody th")

    def sort(heading: str) -> tuple[list[str], str | None]:
        page.get_by_role("button", name=heading).click()
        return names.all_inner_texts(), page.get_by_role("columnheader", name=heading).get_attribute("aria-sort")

    assert sort("value") == (["net 2", "net 10", "net 1", "net 9"], "ascending")
    assert sort("value") == (["net 1", "net 10", "net 2", "net 9"], "descending")
    assert sort("name") == (["net 1", "net 2", "net 9", "net 10"], "ascending")
    assert sort("kind")[0] == ["net 1", "net 10", "net 2", "net 9"]
    assert page.locator("[aria-sort=ascending]").count() == 1

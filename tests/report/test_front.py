from __future__ import annotations

import re

import pytest

from archgraph.report.front import front_section, verified_table
from archgraph.report.group import Group
from archgraph.report.quantity import Quantity


def _axes(quantities: list[Quantity], group: Group) -> tuple[str, str]:
    found = re.search(r'"x":"(\w+)","y":"(\w+)"', front_section([group], quantities).body)
    assert found is not None
    return found[1], found[2]


def test_cost_is_across_and_quality_is_up(verified: Group, quantities: list[Quantity]) -> None:
    assert _axes(quantities, verified) == ("ms", "acc")
    assert _axes(quantities[::-1], verified) == ("ms", "acc")


def test_objectives_come_before_what_has_no_goal(verified: Group, quantities: list[Quantity]) -> None:
    assert _axes([Quantity("acc"), quantities[1], quantities[0]], verified) == ("ms", "acc")


def test_quantities_without_values_are_no_axes(verified: Group, quantities: list[Quantity]) -> None:
    body = front_section([verified], [*quantities, Quantity("energy")]).body
    assert '"columns":["acc","ms"]' in body


def test_one_quantity_makes_a_table_but_no_chart(verified: Group, quantities: list[Quantity]) -> None:
    body = front_section([verified], quantities[:1]).body
    assert "<figure" not in body
    assert "first" in body


@pytest.mark.parametrize("number", [0, 3])
def test_the_table_points_at_the_architectures(verified: Group, quantities: list[Quantity], number: int) -> None:
    found = verified_table(number, verified, quantities)
    assert re.findall(rf'data-group="{number}" data-row="(\d)"', found) == ["0", "1", "2"]
    headings = [re.sub("<[^>]*>", "", each).strip() for each in re.findall(r"<th scope=\"col\".*?</th>", found)]
    assert headings == ["architecture", "on the front", "accuracy, predicted %", "accuracy, verified %", "latency ms"]
    assert re.findall(r">(yes|no)<", found) == ["yes", "no", "yes"]

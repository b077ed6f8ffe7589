from __future__ import annotations

import pytest

from archgraph.graph import ArchGraph
from archgraph.graph.layering import layering
from archgraph.graph.paging import BOX, GAP, GUTTER, LANE, MARGIN, ROW, Page
from tests.graphs import small_graph


def chain(length: int) -> ArchGraph:
    return small_graph(["input", *["conv"] * (length - 2), "output"], [(i, i + 1) for i in range(length - 1)])


def page_of(graph: ArchGraph, width: float = 100.0) -> Page:
    widths = [width] * len(graph)
    return Page(layering(graph, widths, LANE, GAP), widths)


def test_a_short_graph_is_one_column() -> None:
    page = page_of(chain(5))
    assert page.width == 100 + 2 * MARGIN
    assert page.height == 4 * ROW + BOX + 2 * MARGIN
    assert [page.centre(node) for node in (0, 4)] == [(64, MARGIN + 11), (64, MARGIN + 11 + 4 * ROW)]


def test_a_long_graph_breaks_into_equal_columns() -> None:
    page = page_of(chain(60))
    columns = sorted({page.centre(node)[0] for node in range(60)})
    counts = [sum(page.centre(node)[0] == x for node in range(60)) for x in columns]
    assert len(columns) == 4
    assert counts == [15, 15, 15, 15]
    assert columns[1] - columns[0] == 100 + GUTTER
    assert 0.7 < page.height / page.width < 2


def test_a_break_avoids_cutting_a_shortcut() -> None:
    long = chain(60)
    edges = [*long.edges.tolist(), (13, 17)]
    page = page_of(small_graph(list(long.ops), edges))
    turning = [node for node in range(59) if page.turns(node, node + 1)]
    # 13 -> 14 is as good as a plain place: what leaves node 13 turns as one line
    assert turning == [13, 29, 44]


def test_lines_of_one_node_share_their_turn() -> None:
    long = chain(60)
    edges = [*long.edges.tolist(), *((node, node + 2) for node in range(57))]
    items = layering(small_graph(list(long.ops), edges), [100.0] * 60, LANE, GAP)
    page = Page(items, [100.0] * 60)
    turning = [node for node in range(59) if page.turns(node, node + 1)]
    assert len(turning) == 2
    lane = next(low for high, low in items.links if high == turning[0] and low >= 60)
    assert page.turn(turning[0], lane) == page.turn(turning[0], turning[0] + 1)
    foot, between, head = page.turn(turning[0], turning[0] + 1)
    assert head < page.centre(0)[1] - BOX / 2
    assert foot > max(page.centre(node)[1] for node in range(60)) + BOX / 2
    assert page.centre(turning[0])[0] + 50 < between < page.centre(turning[0] + 1)[0] - 50


def test_lines_meet_a_box_side_by_side() -> None:
    page = page_of(small_graph(["input", "conv", "relu", "add", "output"], [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]))
    (x, y), (first, top), (second, _) = page.centre(3), page.port(1, 3), page.port(2, 3)
    assert sorted([first, second]) == pytest.approx([x - 5, x + 5])
    assert top == y - BOX / 2
    assert page.port(3, 4)[0] == page.centre(4)[0]

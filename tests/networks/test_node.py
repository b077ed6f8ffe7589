from __future__ import annotations

import pytest

from archgraph.networks.node import nodes_of
from tests.graphs import small_graph

GRAPH = small_graph(
    ["input", "conv", "conv", "concat", "output"],
    [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)],
    kernel={1: 3, 2: 1.5},
    height={1: 4, 2: 5},
    width={1: 6},
)


def test_nodes_hold_what_applies() -> None:
    nodes = nodes_of(GRAPH)
    assert [node.name for node in nodes] == ["0_input", "1_conv", "2_conv", "3_concat", "4_output"]
    assert [node.inputs for node in nodes] == [(), (0,), (0,), (1, 2), (3,)]
    assert nodes[1].attrs == {"kernel": 3, "height": 4, "width": 6}
    assert [node.places for node in nodes[:3]] == [1, 24, 5]


def test_attributes_are_checked_as_they_are_read() -> None:
    _, first, second, *_ = nodes_of(GRAPH)
    assert first.whole("kernel") == 3
    assert first.whole("stride", 1) == 1
    with pytest.raises(ValueError, match="cannot build node 1 'conv': it lacks the attribute 'groups'"):
        first.whole("groups")
    with pytest.raises(ValueError, match="cannot build node 2 'conv': kernel must be whole, but is 1.5"):
        second.whole("kernel")

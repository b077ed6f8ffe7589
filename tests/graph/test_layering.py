from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from archgraph.graph.layering import layering, spread
from tests.graphs import random_dag, random_network, small_graph


def test_layers_follow_the_longest_path_and_long_edges_have_lanes() -> None:
    graph = small_graph(["input", "conv", "relu", "add", "output"], [(0, 1), (1, 2), (2, 3), (0, 3), (3, 4)])
    found = layering(graph, [40.0] * 5, lane=8, gap=10)
    assert found.layer[:5] == [0, 1, 2, 3, 4]
    assert sorted(found.layer[5:]) == [1, 2]
    assert sorted(map(sorted, found.rows)) == [[0], [1, 5], [2, 6], [3], [4]]
    assert sorted(found.links) == [(0, 1), (0, 5), (1, 2), (2, 3), (3, 4), (5, 6), (6, 3)]


def test_edges_from_one_node_share_a_lane() -> None:
    ops = ["input", "conv", "conv", "conv", "add", "output"]
    graph = small_graph(ops, [(0, 1), (1, 2), (0, 2), (2, 3), (0, 3), (3, 4), (0, 4), (4, 5)])
    assert len(layering(graph, [40.0] * 6, lane=8, gap=10).layer) == 6 + 3


def test_a_chain_is_straight() -> None:
    graph = small_graph(["input", *["conv"] * 5, "output"], [(i, i + 1) for i in range(6)])
    assert np.ptp(layering(graph, [30.0, 90, 40, 80, 20, 60, 30], lane=8, gap=10).x) == 0


@pytest.mark.parametrize("seed", range(10))
def test_links_join_neighbouring_layers_and_boxes_keep_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = random_network(rng) if seed % 2 else random_dag(rng)
    widths = rng.uniform(30, 90, len(graph)).tolist()
    found = layering(graph, widths, lane=8, gap=10)
    assert all(found.layer[low] == found.layer[high] + 1 for high, low in found.links)
    assert sorted(item for row in found.rows for item in row) == list(range(len(found.layer)))
    sizes = widths + [8.0] * (len(found.layer) - len(graph))
    for row in found.rows:
        for a, b in pairwise(row):
            assert found.x[b] - found.x[a] >= (sizes[a] + sizes[b]) / 2 + 10 - 1e-6


def test_crossed_branches_are_uncrossed() -> None:
    ops = ["input", "conv", "conv", "relu", "relu", "add", "output"]
    found = layering(small_graph(ops, [(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5), (5, 6)]), [40.0] * 7, 8, 10)
    first, second = found.rows[1:3]
    assert [first.index(1), first.index(2)] == [second.index(4), second.index(3)]


@pytest.mark.parametrize(
    ("wanted", "weights", "apart", "expected"),
    [
        ([0, 20], [1, 1], [10], [0, 20]),
        ([5, 5], [1, 1], [10], [0, 10]),
        ([5, 5], [3, 1], [10], [2.5, 12.5]),
        ([9, 0, 0], [1, 1, 1], [2, 2], [1, 3, 5]),
        ([4], [1], [], [4]),
    ],
)
def test_spread(wanted: list[float], weights: list[float], apart: list[float], expected: list[float]) -> None:
    assert spread(wanted, weights, apart) == pytest.approx(expected)

"""Places of nodes in their graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from archgraph.graph import GraphBatch
from archgraph.predictors.gnn_positions import MOST_PATHS, node_positions
from tests.graphs import random_dag, small_graph

DIAMOND = small_graph(["input", "conv", "relu", "add", "output"], [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (3, 4)])
CHAIN = small_graph(["input", "relu", "output"], [(0, 1), (1, 2)])


def test_two_graphs_by_hand() -> None:
    depth, height, before, after = node_positions(GraphBatch.from_graphs([DIAMOND, CHAIN])).T
    assert depth.tolist() == [0, 1, 1, 2, 3, 0, 1, 2]
    assert height.tolist() == [3, 2, 2, 1, 0, 2, 1, 0]
    assert np.exp(before) == pytest.approx([1, 1, 1, 3, 3, 1, 1, 1])
    assert np.exp(after) == pytest.approx([3, 1, 1, 1, 1, 1, 1, 1])


def test_any_graph() -> None:
    rng = np.random.default_rng(0)
    graphs = [random_dag(rng) for _ in range(20)]
    found = np.split(node_positions(GraphBatch.from_graphs(graphs)), np.cumsum([len(graph) for graph in graphs])[:-1])
    for graph, (depth, height, before, after) in zip(graphs, (part.T for part in found), strict=True):
        drawn = nx.DiGraph(graph.edges.tolist())
        for node in drawn:
            to = list(nx.all_simple_paths(drawn, 0, node)) if node else [[0]]
            end = len(graph) - 1
            on = list(nx.all_simple_paths(drawn, node, end)) if node < end else [[end]]
            assert (depth[node], height[node]) == (max(map(len, to)) - 1, max(map(len, on)) - 1)
            assert (before[node], after[node]) == pytest.approx((np.log(len(to)), np.log(len(on))), abs=1e-6)


def test_more_paths_than_numbers() -> None:
    cells = 400
    edges = [edge for i in range(cells) for edge in ((2 * i, 2 * i + 1), (2 * i, 2 * i + 2), (2 * i + 1, 2 * i + 2))]
    long = small_graph(["input", *["relu"] * (2 * cells - 1), "output"], edges)
    positions = node_positions(long.batch())
    assert positions[-1] == pytest.approx([2 * cells, 0, np.log(MOST_PATHS), 0])
    assert positions[0] == pytest.approx([0, 2 * cells, 0, np.log(MOST_PATHS)])


def test_no_graphs() -> None:
    assert node_positions(GraphBatch.from_graphs([])).shape == (0, 4)

"""Sweeps over paths against a list of all paths."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from archgraph.features.paths import PathSweeps
from archgraph.features.slots import Slots
from archgraph.features.subsets import membership
from archgraph.features.tokens import FREE, Tokens
from archgraph.graph import ArchGraph, GraphBatch
from tests.graphs import random_dag, small_graph


def _paths(graph: ArchGraph) -> list[list[int]]:
    digraph = nx.DiGraph([tuple(edge) for edge in graph.edges.tolist()])
    return list(nx.all_simple_paths(digraph, 0, len(graph) - 1))


def _by_hand(graph: ArchGraph, codes: list[int], chosen: tuple[int, ...]) -> list[float]:
    """Shortest, longest, logarithm of the number, most, least."""
    counted = [[codes[node] for node in path if graph.ops[node] not in FREE] for path in _paths(graph)]
    inside = [len(path) for path in counted if set(path) <= set(chosen)]
    of_set = [sum(code in chosen for code in path) for path in counted]
    return [min(inside, default=-1), max(inside, default=-1), np.log2(1 + len(inside)), max(of_set), min(of_set)]


def _swept(batch: GraphBatch, tokens: Tokens, sets: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """``(5, K, B)``."""
    sweeps = PathSweeps(Slots.of(batch, tokens, 0, len(batch)), tokens, membership(tokens, sets))
    return np.stack([sweeps.shortest(), sweeps.longest(), sweeps.number(), sweeps.most(), sweeps.least()])


@pytest.mark.parametrize("nodes", [7, 12])
def test_against_all_paths(nodes: int) -> None:
    rng = np.random.default_rng(nodes)
    graphs = [random_dag(rng, nodes=int(rng.integers(3, nodes + 1))) for _ in range(60)]
    batch = GraphBatch.from_graphs(graphs)
    tokens = Tokens.learn(batch)
    sets = tuple(tuple(np.flatnonzero(rng.random(len(tokens)) < share).tolist()) for share in (0.3, 0.6, 0.9, 1.1))
    swept = _swept(batch, tokens, sets)
    codes = tokens.encode(batch.ops, batch.attrs)
    for b, graph in enumerate(graphs):
        own = codes[batch.node_start[b] : batch.node_start[b + 1]].tolist()
        for number, chosen in enumerate(sets):
            assert swept[:, number, b] == pytest.approx(_by_hand(graph, own, chosen))


def test_a_path_without_operations_has_length_0() -> None:
    graph = small_graph(["input", "relu", "add", "output"], [(0, 1), (0, 2), (1, 2), (2, 3)])
    swept = _swept(graph.batch(), Tokens.learn(graph.batch()), ((0,),))
    assert swept[:, 0, 0] == pytest.approx([0, 1, np.log2(3), 1, 0])


def test_deep_graphs_and_very_many_paths() -> None:
    # 150 diamonds behind each other: 300 slots or more, 2^150 paths of 300 operations
    ops, edges = ["input"], []
    for _ in range(150):
        last = len(ops) - 1
        ops += ["relu", "relu", "add"]
        edges += [(last, last + 1), (last, last + 2), (last + 1, last + 3), (last + 2, last + 3)]
    ops.append("output")
    edges.append((len(ops) - 2, len(ops) - 1))
    batch = small_graph(ops, edges).batch()
    shortest, longest, number, most, least = _swept(batch, Tokens.learn(batch), ((0,),))[:, 0, 0]
    assert (shortest, longest, most, least) == (150, 150, 150, 150)
    # numbers beyond 1e30 are not told apart
    assert number == pytest.approx(np.log2(1e30))

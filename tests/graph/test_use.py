"""Which nodes data flows through."""

from __future__ import annotations

import numpy as np

from archgraph.graph import ArchGraph, GraphBatch
from archgraph.graph.use import used_nodes
from archgraph.graph.vocabulary import ATTRIBUTES
from archgraph.spaces import space


def graph(ops: list[str], edges: list[tuple[int, int]]) -> ArchGraph:
    return ArchGraph(tuple(ops), np.array(edges).reshape(-1, 2), np.full((len(ops), len(ATTRIBUTES)), np.nan))


def test_by_hand() -> None:
    # 2 and 3 lead to nothing, 4 and 5 come from nothing; a constant feeds
    first = graph(
        ["input", "relu", "relu", "relu", "relu", "relu", "add", "output"],
        [(0, 1), (0, 2), (2, 3), (4, 5), (1, 6), (5, 6), (6, 7)],
    )
    second = graph(["input", "other", "add", "output"], [(0, 2), (1, 2), (2, 3)])
    used = used_nodes(GraphBatch.from_graphs([first, second, first]))
    here = [True, True, False, False, False, False, True, True]
    assert used.tolist() == [*here, True, True, True, True, *here]


def test_no_graphs_have_no_nodes() -> None:
    assert used_nodes(GraphBatch.from_graphs([])).shape == (0,)


def test_simplified_cells_are_used_throughout() -> None:
    nb201 = space("nb201")
    cells = nb201.sample(300, np.random.default_rng(0))
    assert used_nodes(nb201.graphs(cells)).all()
    written = nb201.written_graphs(cells)
    assert 0.5 < used_nodes(written).mean() < 0.95

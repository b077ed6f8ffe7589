"""How far a node is from the input and the output of its graph, and on how many paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from archgraph.graph import GraphBatch
from archgraph.typing import FloatArray, IntArray

POSITIONS = ("from_input", "to_output", "paths_from_input", "paths_to_output")
"""Edges on the longest path from the start and to the end; natural logarithms of the numbers of paths."""

MOST_PATHS = 1e30
"""More paths than this count as this many; the number doubles with every branch that a deep network has."""


def node_positions(batch: GraphBatch) -> FloatArray:
    """``(sum N, len(POSITIONS))`` float32 positions of the nodes of B graphs.

    There is one sweep along the edges and one against them, for all graphs at once.
    """
    start = np.repeat(batch.node_start[:-1], np.diff(batch.edge_start))
    sources, targets = batch.edges.T
    depth, before = _sweep(len(batch.ops), sources, targets, start)
    # seen from the end, the last nodes come first
    height, after = _sweep(len(batch.ops), targets, sources, start, order=-sources)
    return np.stack([depth, height, np.log(before), np.log(after)], axis=1).astype(np.float32)


def _sweep(
    nodes: int, sources: IntArray, targets: IntArray, start: IntArray, order: IntArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """``(nodes,)`` edges on the longest path to each node, and number of paths, from nodes that no edge leads to.

    Args:
        nodes: Of all graphs together.
        sources: ``(E,)`` where each edge comes from, in its graph's own numbers.
        targets: ``(E,)`` where it goes.
        start: ``(E,)`` first node of the edge's graph.
        order: ``(E,)`` a number for each target, lower for those that come earlier; the target itself unless given.
    """
    order = targets if order is None else order
    sorting = np.argsort(order, kind="stable")
    source, target = (start + sources)[sorting], (start + targets)[sorting]
    longest, number = np.zeros(nodes), np.ones(nodes)
    levels = np.flatnonzero(np.diff(order[sorting], prepend=np.iinfo(np.int64).min)).tolist()
    for first, last in pairwise([*levels, len(source)]):
        level = target[first:last]
        # graphs stand one behind the other, so the edges into one node stand side by side
        begin = np.flatnonzero(np.diff(level, prepend=-1))
        longest[level[begin]] = np.maximum.reduceat(longest[source[first:last]], begin) + 1
        number[level[begin]] = np.minimum(np.add.reduceat(number[source[first:last]], begin), MOST_PATHS)
    return longest, number

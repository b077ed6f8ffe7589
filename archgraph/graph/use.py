"""Which operations data flows through on its way from an input to an output."""

from __future__ import annotations

import numpy as np

from archgraph.graph.batch import GraphBatch
from archgraph.graph.vocabulary import OP_CODE
from archgraph.typing import BoolArray

_SOURCES = [OP_CODE["input"], OP_CODE["other"]]
"""Operations that take nothing; an ``other`` without inputs may be a constant."""


def used_nodes(batch: GraphBatch) -> BoolArray:
    """``(sum N,)`` whether a node is on a path from an input to an output; the others may take no time."""
    source, target = (batch.edges + batch.node_start[batch.graph_of_edge, None]).T
    begins, ends = np.isin(batch.ops, _SOURCES), batch.ops == OP_CODE["output"]
    used = np.ones(len(batch.ops), dtype=bool)
    while True:
        joined = used[source] & used[target]
        fed, needed = begins.copy(), ends.copy()
        fed[target[joined]] = True
        needed[source[joined]] = True
        left = used & fed & needed
        if np.array_equal(left, used):
            return used
        used = left

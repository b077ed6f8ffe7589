"""Vectors whose columns mean the same in every space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph.features.graph_features import SWEEPS
from archgraph.features.paths import PathSweeps
from archgraph.features.signals import MEASURES, MOST_SLOTS, PASSES, SignalSweeps
from archgraph.features.slots import Slots, chunks
from archgraph.features.tokens import FREE, Tokens
from archgraph.graph import ArchGraph, GraphBatch
from archgraph.graph.costs import COSTS
from archgraph.graph.vocabulary import ATTRIBUTE, KINDS, OPS
from archgraph.typing import BoolArray, FloatArray

COUNTED = tuple(op for op in OPS if op not in FREE)
"""Operations that are counted."""

GROUPS = {
    "any": COUNTED,
    "weighted": tuple(
        op
        for kind in ("convolution", "graph_convolution", "linear", "attention", "gate", "block")
        for op in KINDS[kind]
    ),
    "pooling": KINDS["pooling"],
    "passing": ("identity", "flatten", "dropout", "slice", "channel_shuffle"),
}
"""Groups of operations that every space is told by: all, those with weights, pooling, and those that change nothing."""

SETTINGS = ("kernel", "stride", "expand", "hidden", "squeeze", "c_out")
"""Attributes of which there are totals and means over the operations that have them."""

COLUMNS = (
    *COSTS,
    "nodes",
    "edges",
    *(f"{total} {name}" for name in SETTINGS for total in ("total", "mean")),
    *(f"{measure} {group}" for group in GROUPS for measure in ("count", "share", *SWEEPS)),
    *(f"{measure} {passes}" for passes in PASSES for measure in MEASURES),
)
"""Names of the F columns."""

FEW = (
    *COSTS,
    *(f"{measure} weighted" for measure in ("count", "share", "number", "most", "least")),
    *(f"agreement {passes}" for passes in (1, 4, 16)),
)
"""Columns that theory ties to accuracy in any space: size, layers with weights, and how alike signals become."""

_TOKENS = Tokens((), (), tuple((op, ()) for op in COUNTED))


def common_features(graphs: GraphBatch | Sequence[ArchGraph]) -> FloatArray:
    """``(B, F)`` values of ``COLUMNS``, NaN nowhere.

    Costs and settings are logarithms; paths are restricted to, or count, the operations of a group; signals are those
    of ``signals``, 0 for graphs of more than 64 nodes. Positions play no part, so no column belongs to one space.
    """
    batch = GraphBatch.from_graphs(graphs)
    costs = [np.log1p(np.nan_to_num(values)) for values in batch.costs().values()]
    sizes = [batch.nodes, np.diff(batch.edge_start)]
    return np.column_stack([*costs, *sizes, *_settings(batch), *_groups(batch), *_signals(batch)]).astype(np.float64)


def _settings(batch: GraphBatch) -> list[FloatArray]:
    found = []
    counted = np.isin(batch.ops, [OPS.index(op) for op in COUNTED])
    for name in SETTINGS:
        values = batch.attrs[:, ATTRIBUTE[name]].astype(np.float64)
        has = counted & ~np.isnan(values)
        total = _summed(batch, np.where(has, np.log1p(np.where(has, values, 0)), 0))
        found += [total, total / np.maximum(_summed(batch, has), 1)]
    return found


def _summed(batch: GraphBatch, values: FloatArray | BoolArray) -> FloatArray:
    """``(B,)`` sums of ``(sum N,)`` values."""
    return np.bincount(batch.graph_of_node, values.astype(np.float64), len(batch)).astype(np.float64)


def _groups(batch: GraphBatch) -> list[FloatArray]:
    """Counts, shares and paths of each group."""
    inside = np.array([[op in group for group in GROUPS.values()] for op in COUNTED])
    inside = np.vstack([inside, np.zeros((5, len(GROUPS)), dtype=bool)])
    codes = _TOKENS.encode(batch.ops, batch.attrs)
    count = np.stack([_summed(batch, inside[codes, group]) for group in range(len(GROUPS))])
    paths = np.empty((len(SWEEPS), len(GROUPS), len(batch)))
    for first, last in chunks(batch, bytes_per_slot=4 * len(GROUPS) + 64):
        sweeps = PathSweeps(Slots.of(batch, _TOKENS, first, last), _TOKENS, inside)
        for measure, sweep in zip(paths, SWEEPS.values(), strict=True):
            measure[:, first:last] = sweep(sweeps)
    measures = np.concatenate([[count, count / np.maximum(count[0], 1)], paths])
    return [row for group in measures.swapaxes(0, 1) for row in group]


def _signals(batch: GraphBatch) -> list[FloatArray]:
    found = np.zeros((len(PASSES) * len(MEASURES), len(batch)))
    small = np.flatnonzero(batch.nodes <= MOST_SLOTS)
    rest = batch[small]
    for first, last in chunks(rest, bytes_per_slot=256):
        values = SignalSweeps(Slots.of(rest, _TOKENS, first, last), _TOKENS).measures(max(PASSES))
        found[:, small[first:last]] = [values[measure, passes] for passes in PASSES for measure in MEASURES]
    return list(found)

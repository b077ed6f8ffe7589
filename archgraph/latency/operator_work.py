"""What operators do, as numbers that their times follow from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from archgraph.graph import GraphBatch
from archgraph.graph.operators import operator_graph, operator_kind
from archgraph.graph.vocabulary import ATTRIBUTE, OP_CODE
from archgraph.typing import FloatArray

_BYTES = 4
"""Of a number in float32."""

_SIZES = ("kernel", "stride", "groups", "c_in", "c_out", "hidden")
_INPUT, _OUTPUT = OP_CODE["input"], OP_CODE["output"]


class OperatorWork(NamedTuple):
    """The work of n operators.

    Attributes:
        kinds: Operations without shapes, see ``operator_kind``.
        firsts: The first of these operations, which most of the time goes to.
        amounts: ``(n, 4)`` one operator, multiply-accumulates, bytes that it takes and puts out (weights too), and
            bytes of all tensors that its operations put out.
        shapes: ``(n, 9)`` binary logarithms of kernel, stride, groups, channels taken, put out and hidden of the first
            operation, of the places that it takes and puts out, and of the number of tensors taken.
    """

    kinds: list[str]
    firsts: list[str]
    amounts: FloatArray
    shapes: FloatArray


def operator_work(texts: Sequence[str]) -> OperatorWork:
    """The work of n operators.

    Raises:
        ValueError: A text is of no operator.
    """
    kinds = [operator_kind(text) for text in texts]
    batch = GraphBatch.from_graphs([operator_graph(text) for text in texts])
    costs = {name: np.nan_to_num(values) for name, values in batch.costs().items()}
    taken, put_out = _values(batch, _INPUT), _values(batch, _OUTPUT)
    moved = _BYTES * (taken + put_out + costs["params"])
    amounts = np.column_stack([np.ones(len(batch)), costs["macs"], moved, costs["activation_bytes"]])
    inputs = np.bincount(batch.graph_of_node, batch.ops == _INPUT, len(batch)).astype(np.int64)
    first = batch.attrs[batch.node_start[:-1] + inputs].astype(np.float64)
    sizes = np.nan_to_num(first[:, [ATTRIBUTE[name] for name in _SIZES]], nan=1.0)
    places = np.column_stack([_places(batch.attrs[batch.node_start[:-1]]), _places(first)])
    shapes = np.log2(np.maximum(np.column_stack([sizes, places, inputs]), 1.0))
    return OperatorWork(kinds, [kind.partition("+")[0] for kind in kinds], amounts, shapes)


def _places(attrs: FloatArray) -> FloatArray:
    height, width = (
        np.nan_to_num(attrs[:, ATTRIBUTE[name]].astype(np.float64), nan=1.0) for name in ("height", "width")
    )
    product: FloatArray = height * width
    return product


def _values(batch: GraphBatch, op: int) -> FloatArray:
    """``(n,)`` numbers in the tensors of the nodes ``op`` of each graph."""
    channels = np.nan_to_num(batch.attrs[:, ATTRIBUTE["c_out"]].astype(np.float64), nan=1.0)
    values = np.where(batch.ops == op, channels * _places(batch.attrs), 0.0)
    return np.bincount(batch.graph_of_node, values, len(batch)).astype(np.float64)

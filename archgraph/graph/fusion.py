"""Which nodes of a full graph a runtime executes together.

A convolution or matrix product takes the batch norm, the activation, the sum and the activation behind it along, in
this order, any of them left out: their work is done while the values are at hand. The same steps without a convolution
in front go together too. This holds as long as nobody else takes what is in between.

Source:
    Zhang et al., "nn-Meter: Towards Accurate Latency Prediction of Deep-Learning Model Inference on Diverse Edge
    Devices", MobiSys 2021, for operators as the unit that is timed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archgraph.graph.arch_graph import ArchGraph
from archgraph.graph.vocabulary import ATTRIBUTE, KINDS

FREE: frozenset[str] = frozenset({"identity", "dropout", "flatten"})
"""Operations that do nothing at inference, or only name the axes anew."""

_ACTIVATIONS = frozenset(KINDS["activation"]) - {"softmax"}
_SAME_TENSOR = FREE - {"flatten"}
_SHAPE = [ATTRIBUTE[name] for name in ("c_out", "height", "width")]

# How far a group has come: what follows must be further on.
_PRODUCT, _NORM, _ACTIVATION, _SUM, _LAST = range(5)
_BEGINS = {
    "conv": _PRODUCT,
    "linear": _PRODUCT,
    "batch_norm": _NORM,
    **dict.fromkeys(_ACTIVATIONS, _ACTIVATION),
    "add": _SUM,
    "multiply": _SUM,
}


class Group(NamedTuple):
    """Nodes that are executed together, each of which takes what the one before puts out.

    Attributes:
        nodes: Their numbers, ascending.
        sources: For each of them the nodes that it takes, in order. What comes from outside is given as the node whose
            shape it has, which may be a free one.
    """

    nodes: tuple[int, ...]
    sources: tuple[tuple[int, ...], ...]


def fused(graph: ArchGraph, folds: bool = False) -> list[Group]:
    """The groups of a full graph, in the order of their first nodes.

    Every node is in one group, but for inputs, outputs and free ones. Operations that change nothing are not looked
    for: ``simplified`` takes them out beforehand, where the runtime does.

    Args:
        graph: A full one.
        folds: Whether the runtime computes what depends on no input once, before it runs, and leaves out what leads to
            no output; such nodes are in no group then.
    """
    wiring = _Wiring(graph, folds)
    last: dict[int, list[int]] = {}  # last node of a group so far -> its nodes
    stage: dict[int, int] = {}
    for node, op in enumerate(graph.ops):
        if op in FREE or op in ("input", "output") or node not in wiring.computed:
            continue
        before = next((p for p in wiring.may_join(node) if p in last and _next(stage.get(p), op) is not None), None)
        if before is None:
            last[node] = [node]
            if op in _BEGINS:
                stage[node] = _BEGINS[op]
        else:
            last[node] = [*last.pop(before), node]
            stage[node] = _next(stage[before], op) or _LAST
    return sorted(wiring.group(nodes) for nodes in last.values())


def _next(stage: int | None, op: str) -> int | None:
    """How far a group is after ``op``; None if it cannot take it."""
    if stage is None:
        return None
    if op in _ACTIVATIONS:
        return _ACTIVATION if stage < _ACTIVATION else _LAST if stage == _SUM else None
    wanted = {"batch_norm": _NORM, "add": _SUM}.get(op)
    return wanted if wanted is not None and stage < wanted else None


class _Wiring:
    """Who takes what in a graph, free operations looked through."""

    def __init__(self, graph: ArchGraph, folds: bool) -> None:
        self.inputs: list[list[int]] = [[] for _ in graph.ops]
        for source, target in graph.edges.tolist():
            self.inputs[target].append(source)
        self.shapes = [tuple(row) for row in graph.attrs[:, _SHAPE].tolist()]
        # The operation that made the tensor that a node puts out; a flatten makes a tensor of its own.
        self.maker = list(range(len(graph)))
        for node, op in enumerate(graph.ops):
            if op in _SAME_TENSOR and self.inputs[node]:
                self.maker[node] = self.maker[self.inputs[node][0]]
        self.computed = _computed(graph.ops, self.inputs) if folds else set(range(len(graph)))
        self.takers = [0] * len(graph)
        for node, op in enumerate(graph.ops):
            if op not in _SAME_TENSOR and (node in self.computed or op == "output"):
                for source in self.inputs[node]:
                    self.takers[self.maker[source]] += 1

    def may_join(self, node: int) -> list[int]:
        """Makers of what ``node`` takes whose tensor nobody else takes and is of its shape, the latest first."""
        makers = [self.maker[source] for source in self.inputs[node]]
        return [p for p in sorted(makers, reverse=True) if self.takers[p] == 1 and self.shapes[p] == self.shapes[node]]

    def group(self, nodes: list[int]) -> Group:
        """``nodes`` with what they take."""
        inside = set(nodes)
        sources = (
            tuple(self.maker[source] if self.maker[source] in inside else source for source in self.inputs[node])
            for node in nodes
        )
        return Group(tuple(nodes), tuple(sources))


def _computed(ops: Sequence[str], inputs: Sequence[Sequence[int]]) -> set[int]:
    """Nodes whose values depend on an input and matter to an output; zeros are zeros whatever they take."""
    taken = [[] if op == "zero" else sources for op, sources in zip(ops, inputs, strict=True)]
    varying: set[int] = set()
    for node, op in enumerate(ops):
        if op == "input" or not varying.isdisjoint(taken[node]):
            varying.add(node)
    wanted: set[int] = set()
    for node in reversed(range(len(ops))):
        if ops[node] == "output" or node in wanted:
            wanted.update(taken[node])
    return varying & wanted

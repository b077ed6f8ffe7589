"""The operators that a full graph consists of, each as a text that holds all that its time depends on.

An operator is a group of ``fusion.fused`` on its own: inputs of the right shapes, the group, an output. Its text is a
key, the same for equal operators of all networks, and can be read back:

    input c_out=16,height=32,width=32 > conv kernel=3,stride=2,c_out=32,height=16,width=16 > batch_norm > relu

Nodes take the one before, unless they name the numbers of others (``add@1,3``). Attributes are left out where they
follow from the first source: channels and size, if those are kept, and strides, groups, dilations and biases that there
are not. Where the source has a size and the node has none, it says so (``height=-``). The output goes without saying.
Each use of a tensor from outside is an input of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from archgraph.graph.arch_graph import ArchGraph
from archgraph.graph.fusion import Group, fused
from archgraph.graph.vocabulary import ATTRIBUTE, ATTRIBUTES, CODED, LABELS, OP_CODE, OPS
from archgraph.registry import UnknownNameError

_WINDOWED = frozenset({"conv", "linear", "max_pool", "avg_pool"})
_USUAL = {"stride": 1.0, "groups": 1.0, "dilation": 1.0, "bias": 0.0}
_WRITTEN = [name for name in ATTRIBUTES if name not in LABELS]

Attrs = Mapping[str, float]
Signature = tuple[tuple[str, bytes, tuple[int, ...]], ...]


def operators(graph: ArchGraph, folds: bool = False) -> list[str]:
    """The operators of a full graph as texts, in its order; one that occurs twice is there twice.

    ``folds`` is that of ``fusion.fused``.
    """
    rows = [row.tobytes() for row in graph.attrs]
    return [_text(_signature(graph, rows, group)) for group in fused(graph, folds)]


def operator_graph(text: str) -> ArchGraph:
    """The operator that ``text`` is of, as a full graph that runs.

    Raises:
        ValueError: It is no text of an operator.
    """
    try:
        return _read(text)
    except (ValueError, IndexError, UnknownNameError) as error:
        raise ValueError(f"{text!r} is no operator: {error}") from error


def operator_kind(text: str) -> str:
    """The operations of an operator without their shapes, ``conv+batch_norm+relu``.

    A convolution of each channel on its own is a ``depthwise_conv``, one of several groups a ``grouped_conv``.
    """
    graph = operator_graph(text)
    named = []
    for op, groups, c_in in zip(graph.ops, graph.attr("groups").tolist(), graph.attr("c_in").tolist(), strict=True):
        if op == "conv" and groups > 1:
            named.append("depthwise_conv" if groups == c_in else "grouped_conv")
        elif op not in ("input", "output"):
            named.append(op)
    return "+".join(named)


def _signature(graph: ArchGraph, rows: Sequence[bytes], group: Group) -> Signature:
    """Inputs and nodes of a group: operation, bytes of the attributes, numbers of the sources."""
    outside = [source for taken in group.sources for source in taken if source not in group.nodes]
    number = {node: len(outside) + place for place, node in enumerate(group.nodes)}
    found: list[tuple[str, bytes, tuple[int, ...]]] = [("input", rows[source], ()) for source in outside]
    following = iter(range(len(outside)))
    for node, taken in zip(group.nodes, group.sources, strict=True):
        sources = tuple(number[source] if source in number else next(following) for source in taken)
        found.append((graph.ops[node], rows[node], tuple(sorted(sources))))
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _text(signature: Signature) -> str:
    nodes: list[Attrs] = []
    words = []
    for number, (op, row, sources) in enumerate(signature):
        attrs = (_USUAL if op in _WINDOWED else {}) | _attrs(np.frombuffer(row, np.float32))
        if op == "input":
            attrs = {name: attrs[name] for name in ("c_out", "height", "width") if name in attrs}
        expected = _expected(op, [nodes[source] for source in sources])
        told = [name for name in _WRITTEN if attrs.get(name) != expected.get(name)]
        named = [f"{name}={_value(name, attrs.get(name))}" for name in told]
        usual = () if op == "input" else (number - 1,)
        taken = "" if sources == usual else "@" + ",".join(map(str, sources))
        words.append(f"{op}{taken} {','.join(named)}".strip())
        nodes.append(attrs)
    return " > ".join(words)


def _attrs(row: np.ndarray[tuple[int], np.dtype[np.float32]]) -> dict[str, float]:
    return {name: float(row[ATTRIBUTE[name]]) for name in _WRITTEN if not math.isnan(row[ATTRIBUTE[name]])}


def _expected(op: str, sources: Sequence[Attrs]) -> dict[str, float]:
    """Attributes that a node has unless it says otherwise."""
    usual = dict(_USUAL) if op in _WINDOWED else {}
    if not sources:
        return usual
    joined = sources if op == "concat" else sources[:1]
    if all("c_out" in source for source in joined):
        usual["c_in"] = usual["c_out"] = sum(source["c_out"] for source in joined)
    return usual | {name: sources[0][name] for name in ("height", "width") if name in sources[0]}


def _value(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name in CODED:
        return OPS[int(value)]
    return str(int(value)) if value == int(value) else repr(value)


def _read(text: str) -> ArchGraph:
    ops: list[str] = []
    nodes: list[dict[str, float]] = []
    edges: list[tuple[int, int]] = []
    for number, word in enumerate(text.split(" > ")):
        head, _, listed = word.partition(" ")
        op, _, numbers = head.partition("@")
        sources = [int(each) for each in numbers.split(",") if each] or ([] if op == "input" else [number - 1])
        if not all(0 <= source < number for source in sources):
            raise ValueError(f"its part {number} takes parts {sources}, but there are {number} before it")
        nodes.append(_expected(op, [nodes[source] for source in sources]) | _given(listed))
        if op == "input" and "c_out" in nodes[-1]:
            nodes[-1]["c_in"] = nodes[-1]["c_out"]
        ops.append(op)
        edges.extend((source, number) for source in sources)
    edges.append((len(ops) - 1, len(ops)))
    result = {name: nodes[-1].get(name, math.nan) for name in ("c_in", "c_out", "height", "width")}
    table = np.full((len(ops) + 1, len(ATTRIBUTES)), np.nan, dtype=np.float32)
    for row, attrs in zip(table, [*nodes, result | {"c_in": result["c_out"]}], strict=True):
        for name, value in attrs.items():
            row[ATTRIBUTE[name]] = value
    return ArchGraph((*ops, "output"), np.array(edges), table)


def _given(listed: str) -> dict[str, float]:
    """The attributes of ``kernel=3,height=-``; NaN for what does not apply."""
    found: dict[str, float] = {}
    for pair in filter(None, listed.split(",")):
        name, _, said = pair.partition("=")
        if name not in ATTRIBUTE:
            raise UnknownNameError("attribute", name, ATTRIBUTES)
        if said == "-":
            found[name] = math.nan
        else:
            found[name] = OP_CODE[said] if name in CODED and said in OP_CODE else float(said)
    return found

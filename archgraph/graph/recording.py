"""Calls on tensors, written down as the nodes of a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from archgraph.graph.arch_graph import ArchGraph
from archgraph.graph.vocabulary import ATTRIBUTE, ATTRIBUTES

_IN_ORDER = ("concat", "other")


@dataclass(frozen=True)
class Traced:
    """A tensor on its way through the network.

    Attributes:
        node: The node that put it out.
        shape: With the batch axis first.
        channel: The axis of the channels; 0 where it has none (symbols).
    """

    node: int
    shape: tuple[int, ...]
    channel: int

    @property
    def channels(self) -> int:
        """Size of the channel axis; 1 for symbols."""
        return self.shape[self.channel] if self.channel else 1

    @property
    def places(self) -> tuple[int, ...]:
        """Sizes of the axes that are neither the batch nor the channels."""
        return tuple(size for axis, size in enumerate(self.shape) if axis not in (0, self.channel))

    def seen_as(self, shape: Sequence[int], channel: int) -> Traced:
        """The same values in another shape."""
        return replace(self, shape=tuple(shape), channel=channel)


class Recording:
    """Nodes as they are met; ``graph`` gives the result."""

    def __init__(self) -> None:
        self._ops: list[str] = []
        self._edges: list[tuple[int, int]] = []
        self._rows: list[dict[str, float]] = []
        self.unknown: Counter[str] = Counter()

    def add(
        self, op: str, inputs: Sequence[Traced], shape: Sequence[int], channel: int, **attrs: float | None
    ) -> Traced:
        """Append a node.

        Args:
            op: Operation of the vocabulary.
            inputs: What it takes, in order.
            shape: Of what it puts out, batch first.
            channel: The channel axis of that.
            attrs: Attributes besides channels and sizes; None = does not apply.
        """
        sources = self._distinct_sources(op, inputs)
        found = Traced(len(self._ops), tuple(shape), channel)
        sizes = dict(zip(("height", "width"), _two_sizes(found.places), strict=False))
        row: dict[str, float] = {"c_in": inputs[0].channels if inputs else found.channels, "c_out": found.channels}
        row |= sizes | {name: float(value) for name, value in attrs.items() if value is not None}
        self._ops.append(op)
        self._rows.append(row)
        self._edges.extend((source, found.node) for source in sources)
        return found

    def _distinct_sources(self, op: str, inputs: Sequence[Traced]) -> list[int]:
        """Numbers of the sources; identities stand in where one is taken twice or the order would be lost."""
        sources: list[int] = []
        for x in inputs:
            late = op in _IN_ORDER and bool(sources) and x.node < sources[-1]
            again = x.node in sources
            sources.append(self.add("identity", [x], x.shape, x.channel).node if late or again else x.node)
        return sources

    def unknown_op(self, name: str, inputs: Sequence[Traced], shape: Sequence[int]) -> Traced:
        """Append an ``other`` node and remember what it stands for."""
        self.unknown[name] += 1
        last = bool(inputs) and inputs[0].channel == len(inputs[0].shape) - 1
        channel = len(shape) - 1 if last or len(shape) < 2 else 1
        return self.add("other", list(dict.fromkeys(inputs)), shape, channel)

    def graph(self) -> ArchGraph:
        """What was recorded, checked."""
        attrs = np.full((len(self._ops), len(ATTRIBUTES)), np.nan, dtype=np.float32)
        for row, given in zip(attrs, self._rows, strict=True):
            for name, value in given.items():
                row[ATTRIBUTE[name]] = value
        return ArchGraph(tuple(self._ops), np.array(self._edges, dtype=np.int64).reshape(-1, 2), attrs)


def _two_sizes(places: tuple[int, ...]) -> tuple[int, ...]:
    """Height and width; the number of tokens and 1; nothing for vectors."""
    if len(places) < 3:
        return (*places, 1)[:2] if places else ()
    return int(np.prod(places[:-1])), places[-1]

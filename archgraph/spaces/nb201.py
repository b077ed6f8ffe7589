"""The cell space of NAS-Bench-201: four tensors, six edges, five operations.

Source:
    Dong and Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020,
    https://arxiv.org/abs/2001.00326.
"""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from archgraph.graph import ArchGraph, GraphBatch, GraphBuilder
from archgraph.graph.vocabulary import ATTRIBUTE, ATTRIBUTES, OP_CODE
from archgraph.spaces.base import SearchSpace
from archgraph.spaces.variable import Variable
from archgraph.typing import BoolArray, FloatArray, IntArray

CHOICES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
NONE, SKIP, CONV_1X1, CONV_3X3, AVG_POOL = range(5)

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""Source and target tensor of each gene's edge, in the order of the architecture string; 0 is the cell's input and 3
its output, which sum what arrives."""

_CONV: dict[str, float] = {"stride": 1, "groups": 1, "dilation": 1, "bias": 0, "act": OP_CODE["relu"]}
_COMPACT: dict[int, tuple[str, dict[str, float]]] = {
    SKIP: ("identity", {}),
    CONV_1X1: ("conv_norm_act", {"kernel": 1} | _CONV),
    CONV_3X3: ("conv_norm_act", {"kernel": 3} | _CONV),
    AVG_POOL: ("avg_pool", {"kernel": 3, "stride": 1}),
}
"""Node of the compact graph for each choice but none."""

# Slots of the compact graph: the input, the six edges of the cell, a zero in case all are dead, the output.
_GENES = slice(1, 7)
_ZERO, _OUTPUT, _SLOTS = 7, 8, 9


def _slot_edges() -> IntArray:
    """``(L, 2)`` pairs of slots of which the second takes what the first puts out, sorted by target, then source."""
    puts_out = {0: 0} | {gene + 1: target for gene, (_, target) in enumerate(EDGES)}
    takes = {gene + 1: source for gene, (source, _) in enumerate(EDGES)} | {_OUTPUT: 3}
    pairs = [(one, two) for one, put in puts_out.items() for two, taken in takes.items() if put == taken]
    return np.array(sorted([*pairs, (0, _ZERO), (_ZERO, _OUTPUT)], key=lambda pair: (pair[1], pair[0])))


class NB201(SearchSpace):
    """Cells of six operations, stacked in three stages between residual reductions.

    Compact graphs have the live operations as nodes, joined where one's output tensor is the other's input, with the
    shapes of the first stage; their ``position`` is the gene. Operations that no path from input to output uses are
    left out; the cell without any live operation is a single ``zero``. ``written_graphs`` hold them, too.

    Args:
        name: As the registry knows the space.
        classes: Number of outputs.
        size: Height and width of the RGB images; reductions halve them twice.
        channels: Channels of the first stage; each reduction doubles them.
        cells: Cells of each of the three stages.

    Raises:
        ValueError: ``size`` is no multiple of 4, so that the two branches of a reduction would differ in size.
    """

    def __init__(self, name: str, classes: int = 10, size: int = 32, channels: int = 16, cells: int = 5) -> None:
        if size < 4 or size % 4:
            raise ValueError(f"size must be a multiple of 4, but is {size}")
        self.name = name
        self.variables = tuple(Variable(f"edge_{target}_{source}", CHOICES) for source, target in EDGES)
        self.classes = classes
        self.image_size = size
        self.channels = channels
        self.cells = cells

    def graphs(self, genotypes: ArrayLike) -> GraphBatch:
        """Compact graphs of ``(B, 6)`` genotypes, 3 to 8 nodes each, looked up among those of all genotypes."""
        return self._live_graphs[self._number(self.check(genotypes))]

    def written_graphs(self, genotypes: ArrayLike) -> GraphBatch:
        """As ``graphs``, with all operations but ``none``."""
        return self._written_graphs[self._number(self.check(genotypes))]

    def canonical(self, genotypes: ArrayLike) -> IntArray:
        """``(B, 6)`` with the operations that no path from input to output uses set to ``none``."""
        rows = self.check(genotypes)
        return np.where(_live(rows), rows, NONE)

    def format(self, genotype: ArrayLike) -> str:
        """The architecture string, ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
        ops = [CHOICES[gene] for gene in self.check_one(genotype)]
        words = [f"{op}~{source}|" for op, (source, _) in zip(ops, EDGES, strict=True)]
        return "+".join("|" + "".join(words[first:last]) for first, last in ((0, 1), (1, 3), (3, 6)))

    def parse(self, text: str) -> IntArray:
        """The ``(6,)`` genotype of an architecture string.

        Raises:
            ValueError: It is none, or names an operation that the space lacks.
        """
        ops = re.findall(r"\|?([a-z0-9_]+)~\d", text)
        unknown = [op for op in ops if op not in CHOICES]
        if unknown:
            raise ValueError(f"{text!r} is no architecture of {self.name!r}: {unknown[0]!r} is none of {CHOICES}")
        genotype = np.array([CHOICES.index(op) for op in ops], dtype=np.int64)
        if len(ops) != len(EDGES) or self.format(genotype) != text.strip():
            raise ValueError(
                f"{text!r} is no architecture of {self.name!r}; expected |op~0|+|op~0|op~1|+|op~0|op~1|op~2|"
            )
        return genotype

    def network(self, genotype: ArrayLike) -> ArchGraph:
        """The network that the benchmark trained: a stem, three stages of cells, two residual reductions, a classifier.

        Dead operations are left out and skip connections folded; the ``position`` of a cell's operation is its gene.
        """
        row = self.canonical(self.check_one(genotype))[0]
        net = GraphBuilder()
        x = net.conv(net.input(3, self.image_size, self.image_size), self.channels, kernel=3)
        x = net.add("batch_norm", (x,))
        for stage in range(3):
            if stage:
                x = _reduction(net, x)
            for _ in range(self.cells):
                x = _cell(net, x, row)
        x = net.add("relu", (net.add("batch_norm", (x,)),))
        net.output(net.linear(net.flatten(net.global_avg_pool(x)), self.classes))
        return net.graph()

    def costs(self, genotypes: ArrayLike) -> dict[str, FloatArray]:
        """``params``, ``macs`` and ``activation_bytes`` of the networks of ``(B, 6)`` genotypes, ``(B,)`` each."""
        counts = _counts(self.canonical(genotypes))
        return {name: counts @ price for name, price in self._prices.items()}

    @cached_property
    def _prices(self) -> dict[str, FloatArray]:
        """What one unit of each of ``_counts`` costs in the whole network.

        The network's costs are linear in these counts, so those of a few networks with independent counts give them.
        """
        probes = np.array(
            [
                [NONE] * 6,
                [NONE, NONE, NONE, SKIP, NONE, NONE],
                [NONE, NONE, NONE, CONV_1X1, NONE, NONE],
                [NONE, NONE, NONE, CONV_3X3, NONE, NONE],
                [NONE, NONE, NONE, AVG_POOL, NONE, NONE],
                [SKIP, NONE, NONE, SKIP, SKIP, NONE],
            ]
        )
        costs = GraphBatch.from_graphs([self.network(probe) for probe in probes]).costs()
        return {name: np.rint(np.linalg.solve(_counts(probes), values)) for name, values in costs.items()}

    @cached_property
    def _live_graphs(self) -> GraphBatch:
        return self._all_graphs(_live(self._all_genotypes))

    @cached_property
    def _written_graphs(self) -> GraphBatch:
        return self._all_graphs(self._all_genotypes != NONE)

    @property
    def _all_genotypes(self) -> IntArray:
        """``(size, 6)`` in the order of ``_number``."""
        return np.stack(np.unravel_index(np.arange(self.size), self.sizes.tolist()), axis=1)

    def _all_graphs(self, shown: BoolArray) -> GraphBatch:
        """The compact graphs of all genotypes, in the order of ``_number``.

        Args:
            shown: ``(size, 6)`` the operations that are nodes.
        """
        slots = np.zeros((len(shown), _SLOTS), dtype=np.int64)
        slots[:, _GENES] = self._all_genotypes
        present = np.ones(slots.shape, dtype=bool)
        present[:, _GENES] = shown
        present[:, _ZERO] = ~_live(self._all_genotypes).any(axis=1)
        ops, attrs = self._slot_nodes()
        edges = _slot_edges()
        slot = np.arange(_SLOTS)
        joined = present[:, edges[:, 0]] & present[:, edges[:, 1]]
        return GraphBatch.from_template(ops[slot, slots], attrs[slot, slots], present, edges, joined)

    def _slot_nodes(self) -> tuple[IntArray, FloatArray]:
        """Op codes ``(M, 5)`` and attributes ``(M, 5, A)`` of each slot under each choice."""
        ops = np.empty((_SLOTS, len(CHOICES)), dtype=np.int16)
        attrs = np.full((*ops.shape, len(ATTRIBUTES)), np.nan, dtype=np.float32)
        shape = {"c_in": self.channels, "c_out": self.channels, "height": self.image_size, "width": self.image_size}
        for slot, op in ((0, "input"), (_ZERO, "zero"), (_OUTPUT, "output")):
            ops[slot] = OP_CODE[op]
        for choice, (op, own) in _COMPACT.items():
            ops[_GENES, choice] = OP_CODE[op]
            for name, value in own.items():
                attrs[_GENES, choice, ATTRIBUTE[name]] = value
        for name, size in shape.items():
            attrs[..., ATTRIBUTE[name]] = size
        attrs[_GENES, :, ATTRIBUTE["position"]] = np.arange(len(EDGES))[:, None]
        return ops, attrs

    def _number(self, genotypes: IntArray) -> IntArray:
        """``(B,)`` place of each genotype in the enumeration of all."""
        place: IntArray = np.ravel_multi_index(tuple(genotypes.T), self.sizes.tolist())
        return place


def _live(genotypes: IntArray) -> BoolArray:
    """``(B, 6)`` whether each edge holds an operation on a path from the cell's input to its output."""
    held = genotypes != NONE
    from_input = np.zeros((len(genotypes), 4), dtype=bool)
    to_output = from_input.copy()
    from_input[:, 0] = to_output[:, 3] = True
    for gene, (source, target) in enumerate(EDGES):
        from_input[:, target] |= from_input[:, source] & held[:, gene]
    for gene, (source, target) in reversed(list(enumerate(EDGES))):
        to_output[:, source] |= to_output[:, target] & held[:, gene]
    sources, targets = np.array(EDGES).T
    live: BoolArray = held & from_input[:, sources] & to_output[:, targets]
    return live


def _counts(canonical: IntArray) -> FloatArray:
    """``(B, 6)`` what a cell holds: itself, each operation that costs something, sums, and the zero of a dead one."""
    arriving = np.add.reduceat(canonical != NONE, [0, 1, 3], axis=1, dtype=np.int64)
    return np.stack(
        [
            np.ones(len(canonical)),
            *((canonical == op).sum(axis=1) for op in (CONV_1X1, CONV_3X3, AVG_POOL)),
            (arriving > 1).sum(axis=1),
            (arriving[:, 2] == 0),
        ],
        axis=1,
    )


def _relu_conv_norm(net: GraphBuilder, x: int, c_out: int, kernel: int, stride: int = 1) -> int:
    return net.add("batch_norm", (net.conv(net.add("relu", (x,)), c_out, kernel, stride),))


def _operation(net: GraphBuilder, x: int, choice: int) -> int:
    if choice == SKIP:
        return x
    if choice == AVG_POOL:
        return net.pool(x, "avg_pool", kernel=3, stride=1)
    return _relu_conv_norm(net, x, net.channels(x), kernel=1 if choice == CONV_1X1 else 3)


def _cell(net: GraphBuilder, x: int, canonical: IntArray) -> int:
    """Append one cell to the tensor ``x``; returns its output."""
    tensors = {0: x}
    for tensor in (1, 2, 3):
        arriving: list[int] = []
        for gene, (source, target) in enumerate(EDGES):
            if target == tensor and canonical[gene] != NONE:
                with net.labelled(position=gene):
                    term = _operation(net, tensors[source], int(canonical[gene]))
                # a sum names each of its inputs once, so the same tensor comes again as a copy
                arriving.append(net.add("identity", (term,)) if term in arriving else term)
        if arriving:
            tensors[tensor] = net.add("add", arriving) if len(arriving) > 1 else arriving[0]
    return tensors[3] if 3 in tensors else net.add("zero", (x,))


def _reduction(net: GraphBuilder, x: int) -> int:
    """Append the residual block that halves the size and doubles the channels."""
    channels = 2 * net.channels(x)
    main = _relu_conv_norm(net, _relu_conv_norm(net, x, channels, 3, stride=2), channels, 3)
    shortcut = net.conv(net.pool(x, "avg_pool", kernel=2, stride=2), channels, kernel=1)
    return net.add("add", (main, shortcut))


def nb201() -> NB201:
    """The space for CIFAR-10: 10 classes, images of 32x32."""
    return NB201("nb201")


def nb201_imagenet16() -> NB201:
    """The same cells for ImageNet16-120: 120 classes, images of 16x16."""
    return NB201("nb201-imagenet16", classes=120, size=16)

"""Where the nodes of a drawn graph stand: layers by depth, few crossings, straight lanes for edges that skip layers.

Source:
    Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures", 1981: layers, lanes
    of place holders for long edges, ordering by the mean place of the neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archgraph.graph.arch_graph import ArchGraph

_SWEEPS = 6
_HOLD = 8.0
"""How much more nodes keep their places than the lanes of edges that pass them."""


@dataclass
class Layering:
    """Items on layers: the nodes ``0..N-1``, then the place holders of edges that skip layers.

    Edges from one node share their place holders, so a tensor that is taken in several places is one line that forks.

    Attributes:
        nodes: N.
        layer: Layer of each item.
        rows: Items of each layer, from left to right.
        links: ``(above, below)`` items on neighbouring layers that a line joins.
        x: Centre of each item.
    """

    nodes: int
    layer: list[int]
    rows: list[list[int]]
    links: list[tuple[int, int]]
    x: list[float] = field(default_factory=list)

    def above(self) -> list[list[int]]:
        """For each item those that lines lead from."""
        found: list[list[int]] = [[] for _ in self.layer]
        for high, low in self.links:
            found[low].append(high)
        return found

    def below(self) -> list[list[int]]:
        """For each item those that lines lead to."""
        found: list[list[int]] = [[] for _ in self.layer]
        for high, low in self.links:
            found[high].append(low)
        return found


def layering(graph: ArchGraph, widths: Sequence[float], lane: float, gap: float) -> Layering:
    """Layers, order and horizontal places.

    Args:
        graph: N nodes.
        widths: ``(N,)`` width of each node's box.
        lane: Width that a passing edge takes.
        gap: Least distance between neighbours on a layer.
    """
    found = _with_lanes(graph)
    _order(found)
    sizes = [*widths, *[lane] * (len(found.layer) - len(graph))]
    _place(found, sizes, gap)
    return found


def _with_lanes(graph: ArchGraph) -> Layering:
    depth = [0] * len(graph)
    for source, target in graph.edges.tolist():
        depth[target] = max(depth[target], depth[source] + 1)
    found = Layering(len(graph), depth, [[] for _ in range(max(depth) + 1)], [])
    lanes: dict[tuple[int, int], int] = {}
    for source, target in graph.edges.tolist():
        last = source
        for layer in range(depth[source] + 1, depth[target]):
            if (source, layer) not in lanes:
                lanes[source, layer] = len(found.layer)
                found.layer.append(layer)
                found.links.append((last, lanes[source, layer]))
            last = lanes[source, layer]
        found.links.append((last, target))
    for item, layer in enumerate(found.layer):
        found.rows[layer].append(item)
    return found


def _order(found: Layering) -> None:
    """Sort each layer by the mean place of the neighbours above, then below, and so on."""
    above, below = found.above(), found.below()
    place = {item: float(i) for row in found.rows for i, item in enumerate(row)}
    for sweep in range(_SWEEPS):
        neighbours, rows = (above, found.rows) if sweep % 2 == 0 else (below, found.rows[::-1])
        for row in rows:
            means = {
                item: sum(place[other] for other in neighbours[item]) / len(neighbours[item])
                if neighbours[item]
                else place[item]
                for item in row
            }
            row.sort(key=means.__getitem__)
            place.update({item: float(i) for i, item in enumerate(row)})


def _place(found: Layering, sizes: list[float], gap: float) -> None:
    """Draw each item towards its neighbours, as far as those beside it let it; then make the lanes straight."""
    above, below = found.above(), found.below()
    found.x = [0.0] * len(sizes)
    for sweep in range(2 * _SWEEPS):
        first, second, rows = (above, below, found.rows) if sweep % 2 == 0 else (below, above, found.rows[::-1])
        for row in rows:
            _settle(found, row, [_wanted(found, item, first[item] or second[item]) for item in row], sizes, gap)
    for _ in range(2):
        ends = _outermost(found)
        for row in found.rows:
            _settle(found, row, [ends.get(item, found.x[item]) for item in row], sizes, gap)


def _wanted(found: Layering, item: int, near: list[int]) -> float:
    """The mean place of the neighbours; paths of nodes and runs of lanes hold together more than they do."""
    alike = [_HOLD if (item < found.nodes) == (other < found.nodes) else 1.0 for other in near]
    weighted = sum(found.x[other] * weight for other, weight in zip(near, alike, strict=True))
    return weighted / sum(alike) if near else found.x[item]


def _outermost(found: Layering) -> dict[int, float]:
    """For each item of a lane the place farthest out that the lane has anywhere."""
    middle = sum(found.x[: found.nodes]) / found.nodes
    lanes: dict[int, list[int]] = {}
    for high, low in found.links:
        if low >= found.nodes:
            lanes[low] = lanes.get(high, [])
            lanes[low].append(low)
    ends = {}
    for lane in lanes.values():
        places = [found.x[item] for item in lane]
        end = max(places) if sum(places) / len(places) >= middle else min(places)
        ends.update(dict.fromkeys(lane, end))
    return ends


def _settle(found: Layering, row: list[int], wanted: list[float], sizes: list[float], gap: float) -> None:
    """Place the items of one layer near where they want to be."""
    weights = [_HOLD if item < found.nodes else 1.0 for item in row]
    apart = [(sizes[a] + sizes[b]) / 2 + gap for a, b in pairwise(row)]
    for item, x in zip(row, spread(wanted, weights, apart), strict=True):
        found.x[item] = x


def spread(wanted: Sequence[float], weights: Sequence[float], apart: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones, by weighted least squares, that keep their distances.

    Args:
        wanted: ``(M,)`` where each item would like to be.
        weights: ``(M,)`` positive.
        apart: ``(M - 1,)`` least distance from each item to the next.

    Returns:
        ``(M,)`` places, ``places[i + 1] >= places[i] + apart[i]``.
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    # Without the offsets the places only have to ascend: neighbours that do not are pooled at their mean.
    pools: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, total, count = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            other, heavy, many = pools.pop()
            mean = (mean * total + other * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]

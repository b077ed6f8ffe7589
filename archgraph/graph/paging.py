"""Where the layers of a drawn graph stand on the page: one column, or several where it would be too high."""

from __future__ import annotations

import math
from itertools import pairwise

from archgraph.graph.layering import Layering

BOX = 22.0
"""Height of a node's box."""

ROW = 40.0
"""From one layer to the next."""

LANE, GAP = 8.0, 12.0
"""Width that a passing edge takes, and distance between neighbours."""

GUTTER, MARGIN = 36.0, 14.0
"""Room between columns, and around everything."""

_SHAPE = 1.3
"""Height of a page that breaks into columns, over its width."""

_SHORTEST = 8
"""Layers below which a column is not worth breaking."""


class Page:
    """Columns of layers, and the places of boxes and lines on them.

    Args:
        items: Layers and horizontal places.
        widths: ``(N,)`` width of each node's box.

    Attributes:
        width: Of the page.
        height: Of the page.
    """

    def __init__(self, items: Layering, widths: list[float]) -> None:
        self._items = items
        self._sizes = [*widths, *[LANE] * (len(items.layer) - len(widths))]
        self._above = items.above()
        breaks = self._best_breaks()
        self._starts = [0, *breaks, len(items.rows)]
        self._column = [sum(layer >= start for start in breaks) for layer in range(len(items.rows))]
        self._edges: list[float] = []
        self._shifts: list[float] = []
        x = MARGIN
        for low, high in self._extents(self._starts):
            self._edges.append(x)
            self._shifts.append(x - low)
            x += high - low + GUTTER
        self.width = x - GUTTER + MARGIN
        self._top = 2 * MARGIN if breaks else MARGIN
        self.height = self._top + self._longest(self._starts) * ROW - (ROW - BOX) + self._top
        turning = dict.fromkeys((self._column_of(low), high) for high, low in items.links if self.turns(high, low))
        self._lanes = [[high for column, high in turning if column == number] for number in range(len(breaks) + 1)]

    def _extents(self, starts: list[int]) -> list[tuple[float, float]]:
        """Left and right end of the layers between each start and the next."""
        found = []
        for start, stop in pairwise(starts):
            inside = [item for row in self._items.rows[start:stop] for item in row]
            left = min(self._items.x[item] - self._sizes[item] / 2 for item in inside)
            found.append((left, max(self._items.x[item] + self._sizes[item] / 2 for item in inside)))
        return found

    @staticmethod
    def _longest(starts: list[int]) -> int:
        return max(stop - start for start, stop in pairwise(starts))

    def _best_breaks(self) -> list[int]:
        """First layers of the second and later columns."""
        layers = len(self._items.rows)
        cut = [len({high for low in row for high in self._above[low]}) for row in self._items.rows]

        def breaks(columns: int) -> list[int]:
            found = []
            for number in range(1, columns):
                aim, slack = round(number * layers / columns), layers // columns // 6
                near = range(max(1, aim - slack), min(layers - 1, aim + slack) + 1)
                found.append(min(near, key=lambda layer: 3 * cut[layer] + abs(layer - aim)))
            return found

        def misfit(columns: int) -> float:
            starts = [0, *breaks(columns), layers]
            width = sum(high - low + GUTTER for low, high in self._extents(starts))
            return abs(math.log(self._longest(starts) * ROW / width / _SHAPE))

        return breaks(min(range(1, max(1, layers // _SHORTEST) + 1), key=misfit))

    def _column_of(self, item: int) -> int:
        return self._column[self._items.layer[item]]

    def centre(self, item: int) -> tuple[float, float]:
        """Centre of an item."""
        column = self._column_of(item)
        y = self._top + (self._items.layer[item] - self._starts[column]) * ROW + BOX / 2
        return self._shifts[column] + self._items.x[item], y

    def port(self, high: int, low: int) -> tuple[float, float]:
        """Where the line from ``high`` meets the upper side of ``low``: beside the lines from other items."""
        x, y = self.centre(low)
        above = sorted(self._above[low], key=lambda item: (self.turns(item, low), self._items.x[item]))
        step = min(10.0, (self._sizes[low] - 12) / len(above)) if low < self._items.nodes else 0.0
        return x + (above.index(high) - (len(above) - 1) / 2) * step, y - BOX / 2

    def turns(self, high: int, low: int) -> bool:
        """Whether the line from ``high`` to ``low`` goes from one column to the next."""
        return self._column_of(high) != self._column_of(low)

    def turn(self, high: int, low: int) -> tuple[float, float, float]:
        """The foot, the place between the columns and the head of such a line; the lines of one item share them."""
        column = self._column_of(low)
        lanes = self._lanes[column]
        shift = min(5.0, MARGIN / len(lanes)) * (lanes.index(high) - (len(lanes) - 1) / 2)
        return self.height - MARGIN - shift, self._edges[column] - GUTTER / 2 + shift, MARGIN + shift

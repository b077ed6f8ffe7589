"""A small space of three decisions of three kinds, for loops that need no graphs."""

from __future__ import annotations

from typing import Any

from archgraph.spaces import SearchSpace, Variable


class Line(SearchSpace):
    """Two numbers and a word; the widest needs a scale."""

    name = "line"
    variables = (Variable("width", (8, 16, 24)), Variable("scale", (1, 2, 4)), Variable("act", ("relu", "gelu")))

    def graphs(self, genotypes: Any) -> Any:
        raise NotImplementedError

    def valid(self, genotypes: Any) -> Any:
        rows = self.check(genotypes)
        return (rows[:, 0] < 2) | (rows[:, 1] > 0)

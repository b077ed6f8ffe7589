"""Which sets of tokens path features are restricted to."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from archgraph.features.tokens import Tokens
from archgraph.graph.vocabulary import KIND_OF
from archgraph.typing import BoolArray

ALL_SUBSETS_UP_TO = 5
"""With more tokens than this, only sets that mean something are used: their number must not explode."""


def subsets(tokens: Tokens) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Name and token codes of each set; none twice.

    With few tokens all sets. Otherwise single tokens, all but one, and all with one operation, kind or setting.
    """
    every = tuple(range(len(tokens)))
    if len(every) <= ALL_SUBSETS_UP_TO:
        found = [chosen for size in range(1, len(every) + 1) for chosen in combinations(every, size)]
        return tuple((_name(tokens, chosen), chosen) for chosen in found)
    named: dict[tuple[int, ...], str] = {every: "any"}
    for chosen, name in _meaningful(tokens):
        named.setdefault(chosen, name)
    for token, name in enumerate(tokens.names):
        named.setdefault((token,), name)
        named.setdefault(tuple(code for code in every if code != token), f"not {name}")
    return tuple((name, chosen) for chosen, name in named.items() if chosen)


def _meaningful(tokens: Tokens) -> list[tuple[tuple[int, ...], str]]:
    labels: list[list[Any]] = [[op, f"kind={KIND_OF[op]}"] for op, _ in tokens.known]
    for (_, values), own in zip(tokens.known, labels, strict=True):
        given = zip(tokens.settings, values, strict=True)
        own.extend(f"{name}={value:g}" for name, value in given if value is not None)
    distinct = dict.fromkeys(label for own in labels for label in own)
    return [(tuple(code for code, own in enumerate(labels) if label in own), label) for label in distinct]


def _name(tokens: Tokens, chosen: tuple[int, ...]) -> str:
    return "any" if len(chosen) == len(tokens) else "|".join(tokens.names[code] for code in chosen)


def membership(tokens: Tokens, sets: tuple[tuple[int, ...], ...]) -> BoolArray:
    """``(T + 5, len(sets))`` whether each code is in each set; unknown tokens are in the set of all only."""
    inside = np.zeros((len(tokens) + 5, len(sets)), dtype=bool)
    for number, chosen in enumerate(sets):
        inside[list(chosen), number] = True
        inside[tokens.unknown, number] = len(chosen) == len(tokens)
    return inside

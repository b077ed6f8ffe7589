"""One decision of a search space."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A name and its ordered choices; a gene is the index of one.

    Attributes:
        name: Unique within the space.
        choices: What the indices stand for, ordered where there is an order.
    """

    name: str
    choices: tuple[int | float | str, ...]

    def __len__(self) -> int:
        return len(self.choices)

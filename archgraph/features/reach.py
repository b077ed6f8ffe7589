"""Which operations data flows through: an operation that no path uses may or may not take time where it runs."""

from __future__ import annotations

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.typing import BoolArray

REACHES = ("fed", "needed", "used")
"""Reachable from an input, reaching an output, both."""


def reached(slots: Slots, tokens: Tokens) -> dict[str, BoolArray]:
    """For each of ``REACHES`` ``(S, B)``, whether the node in a slot is so.

    Args:
        slots: B graphs.
        tokens: What their codes mean.
    """
    fed, needed = slots.codes == tokens.input, slots.codes == tokens.output
    for slot in range(len(slots.codes)):
        for source, arc in slots.arriving(slot):
            fed[slot] |= fed[source] & slots.joined[arc]
    for slot in reversed(range(len(slots.codes))):
        for source, arc in slots.arriving(slot):
            needed[source] |= needed[slot] & slots.joined[arc]
    return dict(zip(REACHES, (fed, needed, fed & needed), strict=True))

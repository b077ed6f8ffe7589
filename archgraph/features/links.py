"""Which operations feed which: counts of direct links, merges passed through."""

from __future__ import annotations

import numpy as np

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.typing import FloatArray


def link_counts(slots: Slots, tokens: Tokens, pairs: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How often operations are linked directly or through merges.

    Args:
        slots: B graphs.
        tokens: The T tokens.
        pairs: Whether links between tokens are wanted; they take ``T * T * B`` numbers.

    Returns:
        ``(T, B)`` links from the input to each token, ``(T, B)`` from each token to the output, and ``(T, T, B)`` from
        one token to another, ``(0, 0, B)`` unless wanted.
    """
    known, size = len(tokens), len(slots)
    after_input = np.zeros((known, size), dtype=np.float32)
    before_output = np.zeros_like(after_input)
    between = np.zeros((known, known, size) if pairs else (0, 0, size), dtype=np.float32)
    label = np.append(np.arange(known), tokens.input)[:, None]
    given: list[FloatArray] = []
    for slot, codes in enumerate(slots.codes):
        arriving = np.zeros((known + 1, size), dtype=np.float32)
        for source, arc in slots.arriving(slot):
            arriving += given[source] * (arc > 0)
        own = codes == label
        given.append(np.where(codes == tokens.merge, arriving, own))
        after_input += arriving[-1] * own[:-1]
        before_output += arriving[:-1] * (codes == tokens.output)
        if pairs:
            between += arriving[:-1, None] * own[None, :-1]
    return after_input, before_output, between

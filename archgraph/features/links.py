"""Which operations feed which: counts of direct links, merges passed through."""

from __future__ import annotations

import numpy as np

from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.typing import FloatArray, IntArray


def link_counts(
    slots: Slots, tokens: Tokens, pairs: bool
) -> tuple[FloatArray | IntArray, FloatArray | IntArray, FloatArray | IntArray]:
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
    # at most 9 slots have at most 2^7 links through merges
    dtype = np.uint8 if len(slots.codes) <= 9 else np.float32
    after_input = np.zeros((known, size), dtype=dtype)
    before_output = np.zeros((known, size), dtype=dtype)
    between = np.zeros((known, known, size) if pairs else (0, 0, size), dtype=dtype)
    label = np.append(np.arange(known), tokens.input).astype(np.uint8)[:, None]
    given: list[FloatArray | IntArray] = []
    for slot, codes in enumerate(slots.codes):
        arriving = np.zeros((known + 1, size), dtype=dtype)
        for source, arc in slots.arriving(slot):
            arriving += given[source] * slots.joined[arc]
        own = codes == label
        merges = codes == tokens.merge
        given.append(own.astype(dtype) + arriving * merges if merges.any() else own.astype(dtype))
        if arriving.any():
            after_input += arriving[-1] * own[:-1]
            before_output += arriving[:-1] * (codes == tokens.output)
            if pairs:
                between += arriving[:-1, None] * own[None, :-1]
    return after_input, before_output, between

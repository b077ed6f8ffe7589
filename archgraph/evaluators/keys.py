"""Genotypes as single sortable values, so that finding and comparing them is one array operation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, IntArray


def genotype_keys(space: SearchSpace, genotypes: ArrayLike) -> NDArray[Any]:
    """``(B,)`` values that are equal exactly where the canonical genotypes are.

    int64 where the genotypes of the space can be counted in 63 bits, fixed-length bytes elsewhere.

    Raises:
        ValueError: A genotype has the wrong length or an index out of range.
    """
    canonical = space.canonical(genotypes)
    sizes = space.sizes.tolist()
    if math.prod(sizes) < 2**63:
        weights = np.array([math.prod(sizes[:gene]) for gene in range(len(sizes))], dtype=np.int64)
        counted: IntArray = canonical @ weights
        return counted
    packed = np.ascontiguousarray(canonical.astype(np.uint8 if max(sizes) <= 256 else np.dtype(">u4")))
    return packed.view(f"S{packed.shape[1] * packed.itemsize}").reshape(-1)


def first_of_each(keys: NDArray[Any]) -> BoolArray:
    """``(B,)`` whether a key is the first of its value."""
    mask = np.zeros(len(keys), dtype=bool)
    mask[np.unique(keys, return_index=True)[1]] = True
    return mask


def find(keys: NDArray[Any], wanted: NDArray[Any]) -> IntArray:
    """``(B,)`` row of each wanted key among the ``(R,)`` distinct, sorted ``keys``; -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)

"""Digit scenes: a small, real image classification task that tells networks apart in minutes on one core.

A scene is a 32x32 grey image: one handwritten digit, randomly placed and scaled, among fragments of other digits,
under noise. The task is to name the whole digit. The handwriting is scikit-learn's ``load_digits`` (1,797 images of
8x8 pixels); its images are divided into train, val and test before any scene is made, so no digit of a val or test
scene, nor a fragment of one, was ever seen in training. All arithmetic is on integers: a seed gives the same bytes on
every machine.

Source:
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from archgraph import _check
from archgraph.registry import UnknownNameError
from archgraph.typing import IntArray

SIZE = 32
CLASSES = 10
SPLITS = {"train": (0, 1197), "val": (1197, 1497), "test": (1497, 1797)}
"""Rows of the shuffled handwriting that each split may use: two thirds, a sixth and a sixth."""

_FRAGMENTS = 4
_WEIGHT = 64  # denominator of the interpolation weights


class Scenes(NamedTuple):
    """Images and the digits to find in them.

    Attributes:
        images: ``(n, 1, 32, 32)`` uint8.
        labels: ``(n,)`` int64, 0-9.
    """

    images: IntArray
    labels: IntArray


@cache
def _handwriting(split: str) -> tuple[IntArray, IntArray]:
    from sklearn.datasets import load_digits

    if split not in SPLITS:
        raise UnknownNameError("split", split, list(SPLITS))
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.target))[slice(*SPLITS[split])]
    return digits.images[order].astype(np.int64), digits.target[order].astype(np.int64)


def _stretch(first: IntArray, size: IntArray) -> IntArray:
    """``(n, 32, 8)`` weights that spread 8 pixels over ``size`` pixels from ``first`` on, linearly between them."""
    pixel = np.arange(SIZE)[None, :] - first[:, None]
    # The place of each scene pixel's centre on the axis of 8 source pixels, in units of 1 / _WEIGHT.
    place = ((2 * pixel + 1) * 8 * _WEIGHT // size[:, None] - _WEIGHT) // 2
    weights = _WEIGHT - np.abs(place[:, :, None] - np.arange(8) * _WEIGHT)
    inside = (pixel >= 0) & (pixel < size[:, None])
    spread: IntArray = np.clip(weights, 0, None) * inside[:, :, None]
    return spread


def _paste(pictures: IntArray, corner: IntArray, size: IntArray, strength: IntArray) -> IntArray:
    """``(n, 32, 32)`` scenes of one 8x8 picture each, at ``(2, n)`` corners, ``(2, n)`` high and wide."""
    rows, columns = _stretch(corner[0], size[0]), _stretch(corner[1], size[1])
    stretched = np.matmul(np.matmul(rows, pictures), columns.transpose(0, 2, 1))
    pasted: IntArray = stretched * strength[:, None, None] // (16 * _WEIGHT * _WEIGHT)
    return pasted


def make_scenes(split: str, n: int, seed: int = 0) -> Scenes:
    """``n`` scenes of one split.

    Args:
        split: ``"train"``, ``"val"`` or ``"test"``.
        n: Number of scenes.
        seed: The same seed gives the same scenes; every split has its own stream.

    Raises:
        UnknownNameError: There is no such split.
        ValueError: n is smaller than 1.
    """
    _check.positive_int("n", n)
    pictures, targets = _handwriting(split)
    rng = np.random.default_rng([list(SPLITS).index(split), seed])
    images = np.empty((n, 1, SIZE, SIZE), dtype=np.uint8)
    labels = np.empty(n, dtype=np.int64)
    for start in range(0, n, 2048):
        rows = slice(start, min(start + 2048, n))
        labels[rows], images[rows, 0] = _some_scenes(pictures, targets, rows.stop - rows.start, rng)
    return Scenes(images, labels)


def _sizes(n: int, rng: np.random.Generator) -> IntArray:
    """``(2, n)`` heights of 13-22 pixels and widths within 2 pixels of them."""
    height = rng.integers(13, 23, n)
    return np.stack([height, height + rng.integers(-2, 3, n)])


def _some_scenes(pictures: IntArray, targets: IntArray, n: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    canvas = np.zeros((n, SIZE, SIZE), dtype=np.int64)
    for _ in range(_FRAGMENTS):
        picture = pictures[rng.integers(0, len(pictures), n)].copy()
        # A fragment is what a window of 3 to 5 pixels leaves of a digit.
        for axis in (1, 2):
            length, first = rng.integers(3, 6, n), rng.integers(0, 6, n)
            pixel = np.arange(8)[None, :]
            window = (pixel >= first[:, None]) & (pixel < (first + length)[:, None])
            picture *= np.expand_dims(window, 3 - axis)
        corner = rng.integers(-6, SIZE - 8, (2, n))
        canvas = np.maximum(canvas, _paste(picture, corner, _sizes(n, rng), rng.integers(60, 180, n)))
    chosen, size = rng.integers(0, len(pictures), n), _sizes(n, rng)
    corner = rng.integers(0, SIZE + 1 - size)
    canvas = np.maximum(canvas, _paste(pictures[chosen], corner, size, rng.integers(130, 240, n)))
    noise = rng.integers(-40, 41, canvas.shape) + rng.integers(-20, 21, canvas.shape)
    return targets[chosen], np.clip(canvas + noise + 20, 0, 255).astype(np.uint8)

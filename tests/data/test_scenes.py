"""Digit scenes: the same bytes for a seed, real digits, no digit in two splits."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits

from archgraph.data.scenes import SPLITS, _handwriting, make_scenes
from archgraph.registry import UnknownNameError


def test_a_seed_gives_the_same_bytes() -> None:
    one, two, other = make_scenes("val", 300, 3), make_scenes("val", 300, 3), make_scenes("val", 300, 4)
    assert one.images.tobytes() == two.images.tobytes()
    assert one.images.tobytes() != other.images.tobytes()
    assert one.images.dtype == np.uint8
    assert one.images.shape == (300, 1, 32, 32)


def test_the_bytes_are_those_that_the_table_was_made_with() -> None:
    scenes = make_scenes("test", 64)
    digest = hashlib.sha256(scenes.images.tobytes() + scenes.labels.astype("<i8").tobytes()).hexdigest()
    assert digest == "3e3ce2ebb54cbc04de3cc5ccef600bafcd66c77ea229b8d5e812ff64a5c72223"


def test_more_scenes_of_a_seed_begin_alike_in_whole_chunks() -> None:
    long, short = make_scenes("train", 2048 + 10), make_scenes("train", 2048)
    assert np.array_equal(long.images[:2048], short.images)


def test_splits_share_no_handwriting() -> None:
    rows = [set(range(*limits)) for limits in SPLITS.values()]
    assert sum(map(len, rows)) == len(set.union(*rows)) == len(load_digits().target)
    pictures = [{picture.tobytes() for picture in _handwriting(split)[0]} for split in SPLITS]
    assert not pictures[0] & pictures[1]
    assert not pictures[0] & pictures[2]
    assert not pictures[1] & pictures[2]


def test_the_digit_stands_out_where_nothing_hides_it() -> None:
    # every class is there, in shares like those of the handwriting, and scenes of a class resemble each other more
    # than chance: the mean scene of a class is brighter in the middle than at the rim
    scenes = make_scenes("train", 3000)
    assert set(scenes.labels.tolist()) == set(range(10))
    mean = scenes.images[:, 0].mean(axis=0)
    assert mean[8:24, 8:24].mean() > 1.2 * mean[:2].mean()


def test_bad_arguments() -> None:
    with pytest.raises(UnknownNameError, match="Unknown split 'valid'. Did you mean 'val'?"):
        make_scenes("valid", 3)
    with pytest.raises(ValueError, match="n must be a whole number at least 1, but is 0"):
        make_scenes("val", 0)

"""The sets of tokens that features are restricted to."""

from __future__ import annotations

import numpy as np

from archgraph.features.subsets import membership, subsets
from archgraph.features.tokens import Tokens

THREE = Tokens((), (), (("conv", ()), ("relu", ()), ("max_pool", ())))
SIX = Tokens(
    ("kernel",),
    ((1.0, 3.0),),
    (
        ("conv", (1.0,)),
        ("conv", (3.0,)),
        ("max_pool", (1.0,)),
        ("max_pool", (3.0,)),
        ("avg_pool", (3.0,)),
        ("relu", (None,)),
    ),
)


def test_all_sets_of_few_tokens() -> None:
    found = dict(subsets(THREE))
    assert len(found) == 7
    assert found["conv|max_pool"] == (0, 2)
    assert found["any"] == (0, 1, 2)


def test_meaningful_sets_of_many() -> None:
    found = dict(subsets(SIX))
    assert found["conv"] == (0, 1)
    assert found["kind=pooling"] == (2, 3, 4)
    assert found["kernel=3"] == (1, 3, 4)
    assert found["not relu"] == (0, 1, 2, 3, 4)
    assert found["any"] == (0, 1, 2, 3, 4, 5)
    assert len(set(found.values())) == len(found)


def test_unknown_tokens_belong_to_the_set_of_all() -> None:
    inside = membership(THREE, ((0, 2), (0, 1, 2)))
    assert inside[:, 0].tolist() == [True, False, True, False, False, False, False, False]
    assert inside[:, 1].tolist() == [True, True, True, True, False, False, False, False]
    assert inside.dtype == np.bool_

"""Spaces described by cards."""

from __future__ import annotations

import pytest

from archgraph._datasets import dataset_card, dataset_names
from archgraph.registry import UnknownNameError
from archgraph.spaces.family import member

EMBEDDED = next(name for name in dataset_names() if "space" in dataset_card(name))


def test_a_card_describes_a_space() -> None:
    found = member("mine", dataset_card(EMBEDDED)["space"])
    assert found.name == "mine"
    assert found.size > 10**6


def test_unknown_families_are_named() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown family of search spaces 'mobil'\. Did you mean 'mobile'\?"):
        member("mine", {"family": "mobil"})

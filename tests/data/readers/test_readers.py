"""The registry of readers, and that cards name what is in it."""

from __future__ import annotations

import pytest

from archgraph._datasets import dataset_card, dataset_names
from archgraph.data.readers import REGISTRY
from archgraph.registry import UnknownNameError


def test_every_card_names_a_reader_or_a_file() -> None:
    tables = [dataset_card(name)["table"] for name in dataset_names() if "table" in dataset_card(name)]
    assert len(tables) >= 3
    for table in tables:
        assert "file" in table or callable(REGISTRY.get(table["reader"]))


def test_unknown_reader_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown reader 'dynas'\. Did you mean 'dynast'\?"):
        REGISTRY.get("dynas")

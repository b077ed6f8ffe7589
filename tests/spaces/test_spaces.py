"""Spaces by name."""

from __future__ import annotations

import pytest

from archgraph.registry import UnknownNameError
from archgraph.spaces import REGISTRY, SearchSpace, space


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_registered_space_knows_its_name(name: str) -> None:
    found = space(name)
    assert isinstance(found, SearchSpace)
    assert found.name == name


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown search space 'nb-201'\. Did you mean 'nb201'\? Known: "):
        space("nb-201")

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import archgraph


def test_every_public_name_is_there() -> None:
    for name in archgraph.__all__:
        assert getattr(archgraph, name) is not None, name
    assert set(archgraph.__all__) <= set(dir(archgraph))


def test_names_are_those_of_their_homes() -> None:
    from archgraph.graph.arch_graph import ArchGraph
    from archgraph.spaces import space

    assert archgraph.ArchGraph is ArchGraph
    assert archgraph.space is space


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(archgraph.__file__).read_text(encoding="utf-8"))
    seen = {alias.name for block in ast.walk(tree) if isinstance(block, ast.If) for node in block.body
            if isinstance(node, ast.ImportFrom) for alias in node.names}  # fmt: skip
    assert seen == set(archgraph.__all__) - {"__version__"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'grpah'"):
        _ = archgraph.grpah  # type: ignore[attr-defined]

"""Imports go down the layers only, and no code outside ``spaces/`` knows a space, data set or supernet by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import archgraph
from archgraph._datasets import dataset_names
from archgraph.predictors import REGISTRY as PREDICTORS
from archgraph.spaces import REGISTRY as SPACES

PACKAGE = Path(archgraph.__file__).parent

LAYERS = (
    (
        "__version__",
        "_arrays",
        "_check",
        "_datasets",
        "_files",
        "_guard",
        "_place",
        "_programs",
        "_store",
        "_threads",
        "registry",
        "typing",
    ),
    ("metrics", "objectives"),
    ("graph",),
    ("spaces",),
    ("data", "features", "networks"),
    ("latency", "predictors", "proxies", "supernets"),
    ("evaluators",),
    ("search",),
    ("integrations",),
    ("bench", "report"),
    ("cli",),
    ("__init__", "__main__", "testing"),
)
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
GROUND = LAYERS[0]
NAMED_ON_PURPOSE = (Path("spaces"), Path("data/readers"))  # readers are named after file formats


def _sources() -> list[Path]:
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def _part(path: Path) -> str:
    """The layer's member that a file, given from the package's root, belongs to."""
    return path.parts[0].removesuffix(".py")


def _imported_parts(source: str, origin: str) -> Iterator[tuple[int, str]]:
    """Line and member for every import of archgraph, deferred and type-only ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{origin} line {node.lineno}: relative import"
            modules = [node.module or ""]
            if node.module == "archgraph":
                modules = [f"archgraph.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        for module in modules:
            first, *rest = module.split(".")
            if first == "archgraph":
                yield node.lineno, rest[0] if rest else "__init__"


def test_every_module_has_a_layer() -> None:
    assert {_part(path) for path in _sources()} <= set(RANK)


@pytest.mark.parametrize("path", _sources(), ids=str)
def test_imports_go_down(path: Path) -> None:
    own = _part(path)
    wrong = [
        f"line {line}: archgraph.{imported}"
        for line, imported in _imported_parts((PACKAGE / path).read_text(encoding="utf-8"), str(path))
        if imported != own
        and not (own in GROUND and imported in GROUND)
        and not (path == Path("__main__.py") and imported == "cli")
        and (imported not in RANK or RANK[imported] >= RANK[own])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    from archgraph.search import search\n", [(2, "search")]),
        ("import archgraph.bench.rank as rank\n", [(1, "bench")]),
        ("from archgraph import _check, load\n", [(1, "_check"), (1, "load")]),
        ("import numpy, archgraph\n", [(1, "__init__")]),
    ],
)
def test_imports_are_found(source: str, found: list[tuple[int, str]]) -> None:
    assert list(_imported_parts(source, "<test>")) == found


def _pattern(name: str) -> re.Pattern[str]:
    spelt = "[-_]".join(re.escape(part) for part in re.split("[-_]", name))
    return re.compile(rf"(?<![A-Za-z0-9]){spelt}(?![A-Za-z0-9])", re.IGNORECASE)


# the word is a predictor's name, too, where a predictor and a space share it
@pytest.mark.parametrize("name", sorted({*SPACES, *dataset_names()} - {*PREDICTORS}))
def test_no_name_outside_its_place(name: str) -> None:
    found = []
    for path in _sources():
        if any(path.is_relative_to(place) for place in NAMED_ON_PURPOSE):
            continue
        for number, line in enumerate((PACKAGE / path).read_text(encoding="utf-8").splitlines(), 1):
            if _pattern(name).search(line):
                found.append(f"{path} line {number}: {line.strip()}")
    assert found == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('if space == "some-net":', True),
        ("def some_net_graphs():", True),
        ("class SOME_NET:", True),
        ("awesome-nets", False),
        ("handsome-net", False),
    ],
)
def test_names_are_found_as_words(text: str, named: bool) -> None:
    assert bool(_pattern("some-net").search(text)) is named


def test_datasets_holds_no_python() -> None:
    folder = PACKAGE.parent / "datasets"
    assert folder.is_dir()
    assert list(folder.rglob("*.py")) == []

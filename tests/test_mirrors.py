"""Tests mirror the sources: ``archgraph/<path>/<file>.py`` is tested by ``tests/<path>/test_<file>.py``."""

from __future__ import annotations

import ast
from pathlib import Path

import archgraph

SOURCES = Path(archgraph.__file__).parent
TESTS = Path(__file__).parent
OF_THE_PROJECT = (
    "integrations/test_pages.py",
    "predictors/test_estimator_checks.py",
    "search/test_iterative.py",
    "test_docs.py",
    "test_layers.py",
    "test_mirrors.py",
    "test_project.py",
    "test_readme.py",
    "test_startup.py",
    "test_wheel.py",
)


def _does_something(source: Path) -> bool:
    """Whether a file defines a function or class; constants, aliases and re-exports need no test of their own."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in ast.walk(tree))


def _test_of(source: Path) -> Path:
    path = source.relative_to(SOURCES)
    name = path.parent.name if source.stem == "__init__" else source.stem.strip("_")
    return TESTS / path.parent / f"test_{name or 'archgraph'}.py"


def test_every_source_has_its_test() -> None:
    missing = [
        f"{source.relative_to(SOURCES)} -> {_test_of(source).relative_to(TESTS)}"
        for source in sorted(SOURCES.rglob("*.py"))
        if _does_something(source) and not _test_of(source).exists()
    ]
    assert missing == []


def test_every_test_has_its_source() -> None:
    sources = {_test_of(source) for source in SOURCES.rglob("*.py")}
    strangers = [
        str(test.relative_to(TESTS))
        for test in sorted(TESTS.rglob("test_*.py"))
        if test not in sources and test.relative_to(TESTS).as_posix() not in OF_THE_PROJECT
    ]
    assert strangers == []

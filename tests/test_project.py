"""pyproject.toml, constraints.txt and the code say the same."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import archgraph

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def _third_party_imports() -> set[str]:
    found = set()
    for source in Path(archgraph.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"archgraph"}


def test_every_import_is_a_declared_dependency() -> None:
    declared = {_name(requirement) for requirement in PROJECT["dependencies"]}
    for extra, requirements in PROJECT["optional-dependencies"].items():
        if extra != "dev":
            declared |= {_name(requirement) for requirement in requirements}
    providers = packages_distributions()
    undeclared = {
        module
        for module in _third_party_imports()
        if not declared & {_name(provider) for provider in providers.get(module, [module])}
    }
    assert undeclared == set()


def test_ci_pins_every_dependency() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert {_name(requirement) for requirement in wanted} <= {_name(name) for name in pins}
    assert pins["torch"] == "2.13.0"


def test_the_changelog_and_the_citation_know_the_version() -> None:
    assert f"version: {archgraph.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(
        rf"^## \[(Unreleased|{re.escape(archgraph.__version__)})\]",
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )

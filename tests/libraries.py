"""Integrations for tests: skipped without the library that they are with, unless ``ARCHGRAPH_REQUIRE`` lists them."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


def integration(name: str) -> Any:
    """The module ``archgraph.integrations.<name>``; without its library the tests of the calling module are skipped."""
    try:
        return import_module(f"archgraph.integrations.{name}")
    except ImportError as error:
        if "integrations" in os.environ.get("ARCHGRAPH_REQUIRE", ""):
            pytest.fail(f"ARCHGRAPH_REQUIRE lists 'integrations', but {error}", pytrace=False)
        pytest.skip(str(error), allow_module_level=True)

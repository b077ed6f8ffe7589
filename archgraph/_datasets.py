"""Where the cards, tables and weights of ``datasets/`` are: beside a checkout's package, inside an installed one."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from archgraph.registry import UnknownNameError

_PACKAGE = Path(__file__).resolve().parent


@cache
def _root() -> Path:
    for root in (_PACKAGE / "_datasets", _PACKAGE.parent / "datasets"):
        if root.is_dir():
            return root
    raise FileNotFoundError("archgraph was installed without its datasets folder; install it from its wheel")


def dataset_names() -> list[str]:
    """Names of all data sets that have a card."""
    return sorted(card.parent.name for card in _root().glob("*/card.toml"))


def dataset_folder(name: str) -> Path:
    """The folder with the card of data set ``name``.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in dataset_names():
        raise UnknownNameError("data set", name, dataset_names())
    return _root() / name


@cache
def dataset_card(name: str) -> dict[str, Any]:
    """The card of data set ``name`` as nested dicts.

    Raises:
        UnknownNameError: There is none.
    """
    return tomllib.loads((dataset_folder(name) / "card.toml").read_text(encoding="utf-8"))

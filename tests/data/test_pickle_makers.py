"""Makers check their arguments themselves: whatever a pickle hands them, they make plain values or refuse."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from archgraph.data.pickle_makers import MAKERS
from archgraph.data.pickle_values import Global, Refused, Unfinished


def _free(size: int) -> None:
    pass


ODD: list[tuple[Any, ...]] = [
    (),
    (None,),
    ("f8",),
    (b"\0" * 8, "f8"),
    ([1, 2],),
    ([[1, 2], [1, 3]],),
    ({"data": [1]}, {"data": [1]}),
    (Global("numpy ndarray"), (0,), b"b"),
    (1, 2, 3),
    ("text", "rot13"),
]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("arguments", ODD)
def test_odd_arguments(name: str, arguments: tuple[Any, ...]) -> None:
    try:
        made = MAKERS[name](_free, *arguments)
    except (Refused, TypeError, ValueError, LookupError):
        return
    plain = (list, tuple, dict, set, frozenset, bytes, range, np.ndarray, np.generic, Unfinished)
    assert isinstance(made, plain)


def test_all_that_numpy_writes_has_a_maker() -> None:
    """The names in the pickles of this version of numpy are known; older versions said ``core`` for ``_core``."""
    for protocol in range(6):
        for value in (np.zeros(2), np.zeros((2, 2), order="F"), np.float32(1)):
            written = pickle.dumps(value, protocol)
            assert b"numpy" in written
    assert {f"numpy.{core}.multiarray scalar" for core in ("core", "_core")} <= set(MAKERS)


def test_dtype_of_another_kind() -> None:
    for code in ("V8", "S4", "U4", "M8[s]", "f99", "O4", 8):
        with pytest.raises(Refused, match="is not numeric"):
            MAKERS["numpy dtype"](_free, code)

"""One line for an elastic inverted-residual network."""

from __future__ import annotations

import pytest

from archgraph.spaces.mobile_text import from_text, to_text

CONFIG = {
    "width_0": 16,
    "depth_0": 2,
    "kernel_0_0": 5,
    "expand_0_0": 4,
    "kernel_0_1": 3,
    "expand_0_1": 2,
    "width_1": 24,
    "depth_1": 1,
    "kernel_1_0": 3,
    "expand_1_0": 1,
}


def test_both_ways() -> None:
    assert to_text(CONFIG) == "16:5e4-3e2/24:3e1"
    assert from_text("16:5e4-3e2/24:3e1") == CONFIG
    assert to_text(CONFIG | {"resolution": 32}) == "32px/16:5e4-3e2/24:3e1"
    assert from_text("32px/16:5e4-3e2/24:3e1") == CONFIG | {"resolution": 32}


@pytest.mark.parametrize("text", ["", "16", "16:", "16:5e4-", "16:5x4", "a:5e4", "bigpx/16:5e4", "16:5e4//24:3e1"])
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        from_text(text)

"""Descriptions of elastic inverted-residual networks."""

from __future__ import annotations

import pytest

from archgraph.spaces.mobile_description import MobileDescription, divisible


def test_channels_are_rounded_as_the_reference_does() -> None:
    # 8 * 3 / 4 = 6 would lose a tenth and more of 6.9 at divisor 4, but 90 % of 18 is kept by 16
    assert divisible([12, 17.6, 18, 6.9, 1], 4).tolist() == [12, 16, 20, 8, 4]


def test_wrong_descriptions_are_refused() -> None:
    with pytest.raises(ValueError, match="description has no field 'stemm'"):
        MobileDescription.from_dict({"stemm": 4})
    with pytest.raises(ValueError, match="description is incomplete"):
        MobileDescription.from_dict({"stem": 4})

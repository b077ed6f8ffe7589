"""Coverage of intervals, worked out by hand."""

from __future__ import annotations

import pytest

from archgraph.metrics import interval_coverage


def test_coverage() -> None:
    # the 90 % interval reaches 1.645 deviations: 1.6 is inside, 1.7 is not
    assert interval_coverage([0, 0, 0, 0], [1, 1, 2, 0], [1.6, 1.7, -3.2, 0]) == 0.75
    # 50 %: 0.674 deviations
    assert interval_coverage([0, 0], [1, 1], [0.6, 0.7], level=0.5) == 0.5


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="std must be at least 0, but row 1 is -1"):
        interval_coverage([0, 0], [1, -1], [0, 0])
    with pytest.raises(ValueError, match=r"level must be between 0 and 1, but is 90"):
        interval_coverage([0], [1], [0], level=90)

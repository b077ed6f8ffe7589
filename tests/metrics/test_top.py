"""What choosing by predictions is worth, worked out by hand."""

from __future__ import annotations

import pytest

from archgraph.metrics import precision_at_k, regret_at_k
from archgraph.registry import UnknownNameError

MEASURED = [90.0, 94.0, 92.0, 91.0, 93.0]
PREDICTED = [5.0, 4.0, 3.0, 2.0, 1.0]


def test_precision() -> None:
    # chosen 0 1, best 1 4
    assert precision_at_k(PREDICTED, MEASURED, k=2) == 0.5
    # lowest by prediction 4 3, lowest by measurement 0 3
    assert precision_at_k(PREDICTED, MEASURED, k=2, goal="min") == 0.5


def test_regret() -> None:
    assert regret_at_k(PREDICTED, MEASURED, k=1) == 4
    assert regret_at_k(PREDICTED, MEASURED, k=2) == 0
    assert regret_at_k(PREDICTED, MEASURED, k=1, goal="min") == 3


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match=r"k must be a whole number in 1\.\.5, but is 6"):
        precision_at_k(PREDICTED, MEASURED, k=6)
    with pytest.raises(UnknownNameError, match=r"Unknown goal 'maximum'\. Did you mean 'max'\?"):
        regret_at_k(PREDICTED, MEASURED, k=1, goal="maximum")

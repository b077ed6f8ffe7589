"""What is known of the time of one network."""

from __future__ import annotations

from typing import NamedTuple


class Measurement(NamedTuple):
    """The time of one network on one device, in milliseconds for one batch.

    Attributes:
        median: The middle of the samples, one of each round.
        spread: Half the distance between their quartiles.
        half_width: Half the width of the median's confidence interval; NaN after too few rounds to have one.
        runs: Runs that counted.
    """

    median: float
    spread: float
    half_width: float
    runs: int

"""What is known of the time of one network."""

from __future__ import annotations

from typing import NamedTuple


def spelt(unit: str) -> str:
    """A unit as texts have it: ``ms`` is what most numbers are in, and written out."""
    return "milliseconds" if unit == "ms" else unit


class Measurement(NamedTuple):
    """The time of one network on one device, in milliseconds for one batch, or what else its column holds.

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

"""Networks that take turns until the times of all of them are known."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from time import perf_counter
from typing import NamedTuple

import numpy as np

from archgraph.latency.interval import half_width
from archgraph.latency.machine import Watch
from archgraph.latency.measurement import Measurement
from archgraph.latency.protocol import Protocol

FAILURES = (ValueError, RuntimeError, ArithmeticError, MemoryError, OSError)
"""What keeps one network from being measured, and not the others; other errors are mistakes in the program."""


class Outcome(NamedTuple):
    """What became of one network.

    Attributes:
        row: Its number.
        found: Its time; None = it failed.
        reason: Why it failed, in one line.
        ran: Whether the device was asked to run it; False = it could not even be made ready.
    """

    row: int
    found: Measurement | None
    reason: str = ""
    ran: bool = True


def reason_of(error: BaseException) -> str:
    """An error as one line."""
    lines = str(error).strip().splitlines()
    return " ".join(lines[0].split()) if lines else type(error).__name__


def positive(time: float, unit: str = "ms") -> float:
    """``time``, what a device says a run took.

    Raises:
        ValueError: It is not above 0, or not finite.
    """
    if not 0 < time < math.inf:
        raise ValueError(f"a run is said to have taken {time:g} {unit}, but that must be positive; correct the device")
    return time


class _Clock:
    """The turns of one network."""

    def __init__(self, protocol: Protocol, run: Callable[[], float], unit: str) -> None:
        self.protocol = protocol
        self.run = run
        self.unit = unit
        self.samples: list[float] = []
        self.seconds = 0.0

    def warm_up(self) -> None:
        """Run until two successive medians agree, or as often as allowed."""
        before = math.inf
        for _ in range(self.protocol.warm_up):
            now = float(np.median(self._runs()))
            if abs(now - before) <= self.protocol.steady * now or self.seconds > self.protocol.seconds:
                break
            before = now

    def turn(self) -> None:
        """One round."""
        for _ in range(self.protocol.settle):
            self._once()
        self.samples.append(float(np.quantile(self._runs(), self.protocol.quantile)))

    @property
    def spent(self) -> bool:
        """Whether it has had all its rounds or time."""
        return len(self.samples) >= self.protocol.rounds or self.seconds >= self.protocol.seconds

    @property
    def enough(self) -> bool:
        """Whether its median is known well enough."""
        # NaN, for too few samples, is not below anything.
        wanted = self.protocol.precision_goal * float(np.median(self.samples))
        return half_width(self.samples, self.protocol.confidence) <= wanted

    def found(self) -> Measurement:
        """What the samples tell."""
        low, middle, high = np.percentile(self.samples, [25, 50, 75]).tolist()
        width = half_width(self.samples, self.protocol.confidence)
        return Measurement(middle, (high - low) / 2, width, len(self.samples) * self.protocol.repeats)

    def _runs(self) -> list[float]:
        return [self._once() for _ in range(self.protocol.repeats)]

    def _once(self) -> float:
        start = perf_counter()
        time = self.run()
        self.seconds += perf_counter() - start
        return positive(time, self.unit)


def timed(
    protocol: Protocol,
    runs: Mapping[int, Callable[[], float]],
    rng: np.random.Generator,
    inside: Callable[[], AbstractContextManager[None]],
    watch: Watch | None = None,
    unit: str = "ms",
) -> Iterator[Outcome]:
    """Measure networks side by side until the times of all are known; failures are told at once.

    Args:
        protocol: How.
        runs: Row to what runs the network once and tells what that took.
        rng: Of the order in every other round; between them it is the one before backwards.
        inside: Entered while networks run, and left before an outcome is handed out.
        watch: Looks at the machine before each round.
        unit: Of what the runs tell.
    """
    clocks = {row: _Clock(protocol, run, unit) for row, run in runs.items()}
    order: list[int] = []
    warm = backwards = False
    while clocks:
        if watch is not None:
            watch.look()
        # Every other round is the one before it backwards: then what becomes slower all the time does so for all alike.
        order = list(reversed(order)) if backwards else rng.permutation(list(clocks)).tolist()
        backwards = warm and not backwards
        turns = deque(row for row in order if row in clocks)
        while turns:
            failed: Outcome | None = None
            with inside():
                while turns and failed is None:
                    row = turns.popleft()
                    try:
                        if not warm:
                            clocks[row].warm_up()
                        else:
                            clocks[row].turn()
                    except FAILURES as error:
                        failed = Outcome(row, None, reason_of(error))
            # Whoever sees that nothing runs any more need not wait until the others have failed too.
            if failed is not None:
                del clocks[failed.row]
                yield failed
        if warm:
            # Who ended alone would be held against others that met another machine, if that changes its speed.
            over = all(clock.spent or clock.enough for clock in clocks.values())
            known = [Outcome(row, clock.found()) for row, clock in clocks.items() if over or clock.spent]
            for outcome in known:
                del clocks[outcome.row]
            yield from known
        warm = True

"""How often and in which order networks run until their times are known well enough."""

from __future__ import annotations

from dataclasses import dataclass

from archgraph import _check


@dataclass(frozen=True)
class Protocol:
    """One way of measuring, for devices of all kinds.

    Networks are measured some at a time, side by side. Each first runs until its times are steady. Then come rounds: in
    each, every network takes its turn, in an order drawn anew for every other round and taken backwards in the next, so
    that a machine that becomes slower or faster does so for all of them alike. A turn is a few runs that do not count,
    which bring the network back into the caches, and then the runs of which the fastest is the sample of this round.
    Networks side by side end together: when the medians of the samples of all of them are known precisely enough, or
    there were all the rounds; only who had all the time that it may have ends before.

    The fastest, because whatever else a machine does can only make a run slower: on a machine that was busy otherwise,
    medians of fastest runs agreed to 2 % between calls where medians of medians agreed to 8 %.

    Attributes:
        precision_goal: Wanted half-width of the confidence interval of the median, relative to the median.
        confidence: Of that interval, in (0, 1). It is one for samples whose number is fixed beforehand; to stop as soon
            as it is narrow makes it hold a little less often than stated.
        rounds: Most rounds that a network takes part in.
        seconds: Most time that a network runs, after which the round under way is its last.
        repeats: Runs that count in a round.
        quantile: Which of them is the round's sample: 0 = the fastest, 0.5 = their median.
        settle: Runs before them that do not.
        warm_up: Most times that ``repeats`` runs are made until the medians of two successive times agree to within
            ``steady``; 0 = no warm-up.
        steady: Relative difference of medians that counts as none.
        together: Networks measured side by side.
        seed: Fixes the order.

    Raises:
        ValueError: A value is out of range.

    Source:
        Chen and Revels, "Robust benchmarking in noisy environments", 2016, arXiv:1608.04295, for the fastest runs.
    """

    precision_goal: float = 0.02
    confidence: float = 0.95
    rounds: int = 50
    seconds: float = 30.0
    repeats: int = 9
    quantile: float = 0.0
    settle: int = 1
    warm_up: int = 10
    steady: float = 0.05
    together: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("rounds", "repeats", "together"):
            _check.positive_int(name, getattr(self, name))
        for name in ("settle", "warm_up"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"{name} must be a whole number at least 0, but is {value!r}")
        for name in ("precision_goal", "seconds", "steady"):
            _check.number(name, getattr(self, name))
        if _check.number("quantile", self.quantile) > 1:
            raise ValueError(f"quantile must be in 0..1, but is {self.quantile:g}")
        if not 0 < _check.number("confidence", self.confidence) < 1:
            raise ValueError(f"confidence must be between 0 and 1, but is {self.confidence:g}")
        _check.seed(self.seed)

    def describe(self) -> str:
        """What decides the times, in one line; not the seed, which only decides the order."""
        warm_up = f"up to {self.warm_up} warm-ups until steady to {self.steady:.1%}" if self.warm_up else "no warm-up"
        of_runs = {0: "the fastest", 0.5: "the median"}.get(self.quantile, f"quantile {self.quantile:g}")
        return (
            f"median of rounds, each {of_runs} of {self.repeats} runs after {self.settle}, until known to "
            f"{self.precision_goal:.1%} at {self.confidence:.0%} confidence or {self.rounds} rounds or "
            f"{self.seconds:g} s; {warm_up}; {self.together} networks side by side"
        )

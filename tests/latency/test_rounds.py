"""Networks that take turns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
import pytest

from archgraph.latency.machine import Watch
from archgraph.latency.protocol import Protocol
from archgraph.latency.rounds import Outcome, reason_of, timed

QUICK = Protocol(rounds=8, repeats=1, settle=0, warm_up=0)


def outcomes(protocol: Protocol, runs: dict[int, Callable[[], float]], seed: int = 0) -> dict[int, Outcome]:
    found = list(timed(protocol, runs, np.random.default_rng(seed), nullcontext))
    assert len({outcome.row for outcome in found}) == len(found)
    return {outcome.row: outcome for outcome in found}


def cycle(*times: float) -> Callable[[], float]:
    return itertools.cycle(times).__next__


def test_steady_networks_are_done_as_soon_as_an_interval_exists() -> None:
    found = outcomes(QUICK, {3: lambda: 2.0, 7: lambda: 5.0})
    assert (found[3].found, found[7].found) == ((2.0, 0.0, 0.0, 6), (5.0, 0.0, 0.0, 6))


def test_a_steady_network_goes_on_beside_a_restless_one() -> None:
    found = outcomes(QUICK, {3: lambda: 2.0, 7: cycle(1.0, 2.0)})
    steady, restless = found[3].found, found[7].found
    assert steady == (2.0, 0.0, 0.0, 8)
    assert restless is not None
    # 1, 2, 1, 2, ...: 8 samples, median and quartiles by hand; the interval is from the smallest to the largest.
    assert restless == (1.5, 0.5, 0.5, 8)


@pytest.mark.parametrize(("quantile", "expected"), [(0.0, 2.0), (0.5, 3.0), (0.25, 2.5), (1.0, 90.0)])
def test_the_median_is_of_rounds_each_a_quantile_of_its_runs(quantile: float, expected: float) -> None:
    # Each round: one run that does not count, then 3, 2 and 90.
    protocol = Protocol(rounds=3, repeats=3, settle=1, warm_up=0, quantile=quantile)
    found = outcomes(protocol, {0: cycle(1.0, 3.0, 2.0, 90.0)})[0].found
    assert found is not None
    assert found.median == expected
    assert found.runs == 9
    assert np.isnan(found.half_width)


def test_it_warms_up_until_two_medians_agree() -> None:
    times = iter([100.0, 50.0, 20.0, 10.0, 10.2, *[10.0] * 100])
    found = outcomes(Protocol(rounds=6, repeats=1, settle=0, warm_up=9, steady=0.05), {0: times.__next__})[0].found
    assert found == (10.0, 0.0, 0.0, 6)
    assert len(list(times)) == 100 - 6


def test_warming_up_is_bounded() -> None:
    times = iter(float(value) for value in (2**power for power in range(40)))
    outcomes(Protocol(rounds=1, repeats=1, settle=0, warm_up=4), {0: times.__next__})
    assert next(times) == 2.0**5


def test_a_slow_network_ends_by_time() -> None:
    found = outcomes(Protocol(rounds=50, repeats=1, settle=0, warm_up=0, seconds=0), {0: cycle(1.0, 9.0)})[0].found
    assert found is not None
    assert found.runs == 1


def test_the_order_is_drawn_anew_each_round_and_repeats_with_the_seed() -> None:
    def order(seed: int) -> list[int]:
        asked: list[int] = []

        def run(row: int) -> float:
            asked.append(row)
            return 1.0

        outcomes(QUICK, {row: lambda row=row: run(row) for row in range(6)}, seed)  # type: ignore[misc]
        return asked

    rounds = [tuple(order(0)[start : start + 6]) for start in range(0, 36, 6)]
    assert all(sorted(turn) == list(range(6)) for turn in rounds)
    assert len(set(rounds)) > 3
    assert order(0) == order(0)
    assert order(0) != order(1)


@pytest.mark.parametrize("growth", [1e-5, 1e-4, 1e-3, 0.01, 1.0, 100.0])
@pytest.mark.parametrize("others", [0, 14])
def test_equal_networks_get_equal_times_however_the_machine_drifts(growth: float, others: int) -> None:
    runs = itertools.count()

    def run() -> float:
        return 1.0 + growth * next(runs)

    for seed in range(5):
        found = outcomes(Protocol(), dict.fromkeys(range(2 + others), run), seed)
        medians = [outcome.found.median for outcome in found.values() if outcome.found is not None]
        assert len(medians) == 2 + others
        assert max(medians) / min(medians) < 1.01


def test_every_other_round_is_the_one_before_backwards() -> None:
    asked: list[int] = []

    def run(row: int) -> float:
        asked.append(row)
        return 1.0

    outcomes(QUICK, {row: lambda row=row: run(row) for row in range(9)})  # type: ignore[misc]
    turns = [asked[start : start + 9] for start in range(0, len(asked), 9)]
    assert len(turns) == 6
    assert all(turns[number + 1] == turns[number][::-1] for number in (0, 2, 4))


def test_a_failure_is_told_and_leaves_the_others_theirs() -> None:
    def broken() -> float:
        raise RuntimeError("the cable is out\nand more")

    found = outcomes(QUICK, {0: broken, 1: lambda: 3.0})
    assert found[0] == Outcome(0, None, "the cable is out")
    assert found[1].found is not None


@pytest.mark.parametrize(("time", "shown"), [(0.0, "0"), (-2.0, "-2"), (float("nan"), "nan"), (float("inf"), "inf")])
def test_times_must_be_positive(time: float, shown: str) -> None:
    reason = f"a run is said to have taken {shown} ms, but that must be positive; correct the device"
    assert outcomes(QUICK, {0: lambda: time})[0] == Outcome(0, None, reason)


def test_mistakes_in_the_program_are_not_taken_for_failures() -> None:
    with pytest.raises(KeyError):
        outcomes(QUICK, {0: lambda: {}["no"]})


def test_outcomes_are_handed_out_while_nothing_runs() -> None:
    open_now: list[bool] = []

    @contextmanager
    def inside() -> Iterator[None]:
        open_now.append(True)
        yield
        open_now.clear()

    watch = Watch()
    for _ in timed(QUICK, {0: lambda: 1.0, 1: cycle(1.0, 5.0)}, np.random.default_rng(0), inside, watch):
        assert open_now == []
    assert len(watch.work) == 9  # before the warm-up and before each of eight rounds


def test_failures_are_told_before_the_others_have_their_turns() -> None:
    asked: list[int] = []

    def broken(row: int) -> float:
        asked.append(row)
        raise OSError("no device")

    runs = {row: lambda row=row: broken(row) for row in range(16)}  # type: ignore[misc]
    found = timed(QUICK, runs, np.random.default_rng(0), nullcontext)
    for number in range(1, 6):
        outcome = next(found)
        assert (outcome.found, outcome.ran) == (None, True)
        assert len(asked) == number


def test_reasons_are_one_line() -> None:
    assert reason_of(ValueError("a  b\nc")) == "a b"
    assert reason_of(MemoryError()) == "MemoryError"

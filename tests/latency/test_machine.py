"""What is told of this machine."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from archgraph.latency import machine
from archgraph.latency.machine import Watch, described, processor
from archgraph.latency.measurement import Measurement
from archgraph.latency.protocol import Protocol

GOOD = Measurement(10.0, 0.1, 0.1, 54)
BAD = Measurement(10.0, 3.0, 2.0, 450)
UNKNOWN = Measurement(10.0, 3.0, float("nan"), 3)


def test_the_processor_has_a_name() -> None:
    assert processor()
    assert described()["processor"] == processor()


def test_a_quiet_machine_is_not_worth_a_word() -> None:
    watch = Watch()
    watch.work = [1.0, 1.01] * 10
    assert watch.remark([GOOD, UNKNOWN], Protocol()) is None
    assert Watch().remark([], Protocol()) is None


def test_missed_precision_is_one_line_that_says_how_much_why_and_what_to_do() -> None:
    watch = Watch()
    watch.work = [1.0] * 9 + [4.0]
    watch.at, watch.loads = [0.0, 1.0], [0.5, 3.25]
    watch.frequencies = [0.5, 1.0]
    remark = watch.remark([GOOD, BAD], Protocol(precision_goal=0.02))
    assert remark is not None
    assert "1 of 2 times are not known to the wanted 2.0% (the worst to 20.0%)" in remark
    assert "a fixed piece of work took 1 to 1.3 ms" in remark
    assert "the load average was up to 3.2 on" in remark
    assert "the frequency was 50% to 100% of the greatest" in remark
    assert remark.endswith("let other programs end, or allow a coarser precision or more rounds")
    assert "\n" not in remark


def test_drift_is_told_even_where_times_are_precise() -> None:
    watch = Watch()
    watch.work = [1.0] * 4 + [1.5] * 4
    assert watch.drift == 1.5
    remark = watch.remark([GOOD], Protocol())
    assert remark is not None
    assert remark.startswith(
        "times are as precise as wanted, but the machine changed its speed meanwhile; a fixed piece"
    )
    assert "at the end 1.50 times as long as at first" in remark
    assert remark.endswith("; let other programs end")


def test_few_looks_tell_no_drift() -> None:
    watch = Watch()
    watch.work = [1.0, 9.0]
    watch.frequencies = [0.2, 0.9]
    assert watch.drift == 1.0
    assert watch.remark([GOOD], Protocol()) is None


def loads(before: float, meanwhile: float, seconds: int, every: int = 1) -> Watch:
    """Looks at a machine on which so many threads wanted cores before and meanwhile."""
    watch = Watch()
    watch.at = [100.0 + second for second in range(0, seconds + 1, every)]
    watch.loads = [meanwhile + (before - meanwhile) * math.exp(-(at - 100) / 60) for at in watch.at]
    return watch


@pytest.mark.parametrize("every", [1, 7, 45])
def test_the_load_is_that_of_the_time_in_which_it_measures(every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert loads(9.0, 1.0, 90, every).wanted == pytest.approx(1.0)
    assert loads(0.0, 6.0, 90, every).wanted == pytest.approx(6.0)
    # What others did before it began counts for nothing, however long the average remembers it.
    assert loads(9.0, 1.0, 90, every).remark([GOOD], Protocol()) is None
    assert loads(0.0, 4.4, 90, every).remark([GOOD], Protocol()) is None
    remark = loads(0.0, 6.0, 90, every).remark([GOOD], Protocol())
    assert remark == (
        "times are as precise as wanted, but other programs took the cores; 6.0 threads at a time wanted one of 4 "
        "cores; let other programs end"
    )


def test_half_a_minute_tells_no_load() -> None:
    assert math.isnan(loads(0.0, 99.0, 29).wanted)
    assert loads(0.0, 99.0, 29).remark([GOOD], Protocol()) is None
    assert math.isnan(Watch().wanted)


@pytest.mark.parametrize("frequencies", [[0.4] * 8, [0.5] * 4 + [0.9] * 4])
def test_a_low_or_changing_frequency_is_told(frequencies: list[float]) -> None:
    watch = Watch()
    watch.frequencies = frequencies
    remark = watch.remark([GOOD], Protocol())
    assert remark is not None
    assert remark.startswith(
        "times are as precise as wanted, but the processor's frequency was low or changed; the freq"
    )
    assert remark.endswith("% of the greatest; let other programs end, or fix the frequency")
    watch.frequencies = [0.8, 0.85] * 4
    assert watch.remark([GOOD], Protocol()) is None


def test_of_another_machine_nothing_is_looked_at() -> None:
    watch = Watch(local=False)
    watch.look()
    assert (watch.work, watch.loads, watch.frequencies) == ([], [], [])
    remark = watch.remark([BAD], Protocol())
    assert remark is not None
    assert remark.endswith("; allow a coarser precision or more rounds")


def test_a_look_times_the_work_and_reads_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"scaling_cur_freq": "1200\n", "cpuinfo_max_freq": "2400\n", "scaling_governor": "powersave"}
    for core in ("cpu0", "cpu3"):
        (tmp_path / core / "cpufreq").mkdir(parents=True)
        for name, text in told.items():
            (tmp_path / core / "cpufreq" / name).write_text(text)
    (tmp_path / "cpu0" / "cpufreq" / "scaling_cur_freq").write_text("600")
    # The core is the 39th field; the second is a name that may hold anything.
    (tmp_path / "stat").write_text(f"7 (a b) c) {'1 ' * 36}3 1 1\n")
    monkeypatch.setattr(machine, "_CORES", tmp_path)
    monkeypatch.setattr(machine, "_PROCESS", tmp_path / "stat")
    watch = Watch()
    watch.look()
    assert watch.work[0] > 0
    assert watch.frequencies == [0.5]
    assert described()["governor"] == "powersave"
    (tmp_path / "stat").unlink()
    watch.look()
    assert watch.frequencies == [0.5, 0.25]
    monkeypatch.setattr(machine, "_CORES", tmp_path / "none")
    watch.look()
    assert len(watch.work) == 3
    assert len(watch.at) == len(watch.loads)
    assert watch.frequencies == [0.5, 0.25]
    assert "governor" not in described()

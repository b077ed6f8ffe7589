"""What is told of this machine."""

from __future__ import annotations

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
    watch.loads = [0.5, 3.25]
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
    assert watch.drift == 1.0


def test_of_another_machine_nothing_is_looked_at() -> None:
    watch = Watch(local=False)
    watch.look()
    assert (watch.work, watch.loads, watch.frequencies) == ([], [], [])
    remark = watch.remark([BAD], Protocol())
    assert remark is not None
    assert remark.endswith("; allow a coarser precision or more rounds")


def test_a_look_times_the_work_and_reads_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (
        ("scaling_cur_freq", "1200\n"),
        ("cpuinfo_max_freq", "2400\n"),
        ("scaling_governor", "powersave"),
    ):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(machine, "_FREQUENCY", tmp_path)
    watch = Watch()
    watch.look()
    assert watch.work[0] > 0
    assert watch.frequencies == [0.5]
    assert described()["governor"] == "powersave"
    monkeypatch.setattr(machine, "_FREQUENCY", tmp_path / "none")
    watch.look()
    assert len(watch.work) == 2
    assert watch.frequencies == [0.5]
    assert "governor" not in described()

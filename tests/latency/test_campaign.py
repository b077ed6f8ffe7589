"""Many architectures measured into one table, with kills, companions and failures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from archgraph.graph import ArchGraph
from archgraph.latency import LatencyTable, Protocol, measure_into
from archgraph.latency.campaign import IN_A_ROW, Campaign
from archgraph.latency.device import Run
from tests.devices import Said, makers

ROOT = Path(__file__).parents[2]
NAMES = [f"{value}.5" for value in range(50)]
WORKER = """
import sys
from archgraph.latency import LatencyTable, measure_into
from tests.devices import Said, makers
path, sleep, *names = sys.argv[1:]
with LatencyTable(path, "numbers") as table:
    print("ready", flush=True)
    found = measure_into(table, "ms", Said(sleep=float(sleep)), makers(names))
print(*found.measured, found.kept + found.elsewhere, flush=True)
"""


def start(path: Path, sleep: float) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-c", WORKER, str(path), str(sleep), *NAMES]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    stream: IO[str] | None = process.stdout
    assert stream is not None
    return stream.readline().strip()


def rows(path: Path) -> dict[str, tuple[float, float]]:
    """Architecture to median and time of writing; none twice."""
    with LatencyTable(path) as table:
        found = table.rows("ms") if "ms" in table.columns else []
    assert len({row.architecture for row in found}) == len(found)
    return {row.architecture: (row.found.median, row.at) for row in found}


def test_everything_is_measured_once_and_the_order_is_that_of_the_seed() -> None:
    def order(seed: int) -> list[str]:
        with LatencyTable(None, "numbers") as table:
            device = Said(Protocol(rounds=1, repeats=1, seed=seed, together=3))
            assert set(measure_into(table, "ms", device, makers(NAMES)).measured) == set(NAMES)
            return [row.architecture for row in table.rows("ms")]

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert order(0) != NAMES
    assert sorted(order(0)) == sorted(NAMES)


def test_what_is_there_is_kept_and_the_rest_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with LatencyTable(path, "numbers") as table:
        first = measure_into(table, "ms", Said(), makers(NAMES[:10]))
        told: list[tuple[str, int, int]] = []
        second = measure_into(table, "ms", Said(), makers(NAMES[:30]), lambda *step: told.append(step))
    assert (len(first.measured), first.kept) == (10, 0)
    assert (len(second.measured), second.kept, second.elsewhere, second.remark) == (20, 10, 0, None)
    assert (told[0], told[-1]) == (("measuring", 10, 30), ("measuring", 30, 30))


def test_killed_at_twenty_random_moments_it_ends_with_fifty_whole_rows(tmp_path: Path) -> None:
    path, rng = tmp_path / "t.db", np.random.default_rng(0)
    seen: dict[str, tuple[float, float]] = {}
    progress = []
    for kill in range(20):
        with start(path, sleep=0.003) as process:
            if kill % 4:  # else also while it begins
                line(process)
            time.sleep(rng.uniform(0, 0.2))
            process.kill()
        if path.exists() and path.stat().st_size:
            now = rows(path) if _begun(path) else {}
            assert {name: now.get(name) for name in seen} == seen
            seen = now
        progress.append(len(seen))
    assert progress[-1] > 0
    with start(path, sleep=0.0) as process:
        assert line(process) == "ready"
        measured = line(process).split()
    assert process.returncode == 0
    final = rows(path)
    assert {name: final[name] for name in seen} == seen
    assert {name: median for name, (median, _) in final.items()} == {name: float(name) for name in NAMES}
    assert int(measured[-1]) == len(seen)
    assert {file.name for file in tmp_path.iterdir()} == {path.name}


def _begun(path: Path) -> bool:
    try:
        LatencyTable(path).close()
    except ValueError:
        return False
    return True


def test_two_processes_measure_every_architecture_once_between_them(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with start(path, sleep=0.01) as one, start(path, sleep=0.01) as other:
        assert line(one) == line(other) == "ready"
        first, second = (line(process).split()[:-1] for process in (one, other))
    assert (one.returncode, other.returncode) == (0, 0)
    assert first
    assert second
    assert sorted(first + second) == sorted(NAMES)
    assert {name: median for name, (median, _) in rows(path).items()} == {name: float(name) for name in NAMES}


def test_what_another_process_measures_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with LatencyTable(path, "numbers") as other:
        other.begin("ms", Said().card())
        other.claim("ms", NAMES[:7], 7)
        with LatencyTable(path, "numbers") as table:
            found = measure_into(table, "ms", Said(), makers(NAMES[:10]))
    assert (len(found.measured), found.elsewhere) == (3, 7)


def test_failures_are_told_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    wanted = makers(["1", "2", "0", "x"])

    def lost() -> Path:
        raise ValueError("it describes no network")

    wanted["lost"] = lost
    with LatencyTable(path, "numbers") as table:
        for kept in (0, 2):
            found = measure_into(table, "ms", Said(), wanted)
            assert found.kept == kept
            assert set(found.failed) == {"0", "x", "lost"}
            assert found.failed["0"].startswith("a run is said to have taken 0 ms")
            assert found.failed["lost"] == "it describes no network"
            assert (found.elsewhere, found.untried) == (0, 0)
        assert {row.architecture for row in table.rows("ms")} == {"1", "2"}


def test_a_device_that_disappears_ends_it_and_keeps_what_was_measured(tmp_path: Path) -> None:
    path, asked = tmp_path / "t.db", []

    def until_unplugged(name: str) -> None:
        asked.append(name)
        if len(asked) > 6 * 12:
            raise OSError("no device on this cable")

    with LatencyTable(path, "numbers") as table:
        names = NAMES[1:]
        found = measure_into(table, "ms", Said(asked=until_unplugged), makers(names))
        assert set(found.failed.values()) == {"no device on this cable"}
        assert len(found.failed) == IN_A_ROW
        assert len(found.measured) == 10
        assert found.untried == len(names) - 10 - IN_A_ROW
        # Not many more runs than it takes, lest each hangs: the last is of a network that had run.
        assert len(asked) == 6 * 12 + 1 + IN_A_ROW
        assert asked[-1] in found.measured
        again = measure_into(table, "ms", Said(), makers(names))
        assert (again.kept, len(again.measured), again.failed) == (10, len(names) - 10, {})


def test_a_device_that_cannot_be_reached_any_more_ends_it_too() -> None:
    class Unplugged(Said):
        loaded = 0

        def load(self, network: ArchGraph | Path) -> Run:
            self.loaded += 1
            if self.loaded > 10:
                raise OSError("no device on this cable")
            return super().load(network)

    device = Unplugged()
    with LatencyTable(None, "numbers") as table:
        found = measure_into(table, "ms", device, makers(NAMES[1:]))
    assert set(found.failed.values()) == {"no device on this cable"}
    assert len(found.failed) == IN_A_ROW
    assert 0 < len(found.measured) <= 10
    assert len(found.measured) + len(found.failed) + found.untried == len(NAMES) - 1
    # one more is asked for, which had run
    assert device.loaded == 10 + IN_A_ROW + 1


def wicked(kind: str, count: int, first: bool) -> dict[str, Callable[[], ArchGraph | Path]]:
    """50 networks of which ``count`` fail: the first of the order in which they are measured, or any."""
    order = np.random.default_rng(0).permutation(50)
    places = order[:count] if first else np.random.default_rng(1).choice(50, count, replace=False)
    names = list(NAMES)
    for place in places.tolist():
        names[place] = f"{kind}{place}"
    wanted = makers(names)

    def lost() -> Path:
        raise ValueError("it describes no network")

    return wanted | {name: lost for name in names if name.startswith("lost")}


@pytest.mark.parametrize("kind", ["-", "x", "lost"])
@pytest.mark.parametrize("together", [4, 16])
@pytest.mark.parametrize("first", [True, False])
def test_bad_ones_keep_none_of_the_good_ones_from_it(kind: str, together: int, first: bool, tmp_path: Path) -> None:
    wanted = wicked(kind, 8, first)
    good = {name for name in wanted if not name.startswith(kind)}
    protocol = Protocol(rounds=8, repeats=1, settle=0, warm_up=0, together=together)
    asked: list[str] = []

    def until_interrupted(name: str) -> None:
        asked.append(name)
        if len(asked) == 150:
            raise KeyboardInterrupt

    with LatencyTable(tmp_path / "t.db", "numbers") as table:
        with pytest.raises(KeyboardInterrupt):
            measure_into(table, "ms", Said(protocol, asked=until_interrupted), wanted)
        kept = {row.architecture for row in table.rows("ms")}
        assert 0 < len(kept) < 42
        found = measure_into(table, "ms", Said(protocol), wanted)
        assert {row.architecture for row in table.rows("ms")} == good
        assert set(found.failed) == set(wanted) - good
        assert (found.kept, found.untried, found.elsewhere) == (len(kept), 0, 0)
        assert table.failed("ms") == set(wanted) - good


def test_what_is_bad_at_loading_is_all_named() -> None:
    for kind in ("x", "lost"):
        with LatencyTable(None, "numbers") as table:
            found = measure_into(table, "ms", Said(), wicked(kind, 50, True))
        assert (len(found.failed), found.untried, len(found.measured)) == (50, 0, 0)


def test_the_good_ones_are_reached_however_many_bad_ones_come_first() -> None:
    wanted = wicked("-", 45, True)
    with LatencyTable(None, "numbers") as table:
        for _ in range(10):
            if measure_into(table, "ms", Said(), wanted).untried == 0:
                break
        assert len(table.rows("ms")) == 5


def test_what_failed_before_is_tried_last() -> None:
    wanted = wicked("-", 3, True)
    asked: list[str] = []
    with LatencyTable(None, "numbers") as table:
        measure_into(table, "ms", Said(), {name: make for name, make in wanted.items() if name.startswith("-")})
        measure_into(table, "ms", Said(asked=asked.append), wanted)
    # Of 47 good ones 45 fill nine blocks, whose networks run six times each.
    assert [number >= 45 * 6 for number, name in enumerate(asked) if name.startswith("-")] == [True] * 3


def test_a_device_that_was_never_there_ends_it_after_a_few_runs() -> None:
    asked: list[str] = []

    def unplugged(name: str) -> None:
        asked.append(name)
        raise TimeoutError("the command did not end within 120 s")

    with LatencyTable(None, "numbers") as table:
        device = Said(Protocol(rounds=8, repeats=1, settle=0, warm_up=3, together=16), asked=unplugged)
        found = measure_into(table, "ms", device, makers(NAMES))
    # Those that failed, and a few others of which none runs either.
    assert len(asked) == len(set(asked)) == 2 * IN_A_ROW
    assert (len(found.failed), found.untried) == (IN_A_ROW, 50 - IN_A_ROW)


def test_an_interruption_frees_what_was_being_measured(tmp_path: Path) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    with LatencyTable(tmp_path / "t.db", "numbers") as table:
        campaign = Campaign()
        with pytest.raises(KeyboardInterrupt):
            measure_into(table, "ms", Said(asked=interrupted), makers(NAMES), campaign=campaign)
        assert campaign == Campaign()
        assert len(measure_into(table, "ms", Said(), makers(NAMES)).measured) == 50


def test_another_device_is_refused_before_it_measures(tmp_path: Path) -> None:
    asked: list[str] = []
    with LatencyTable(tmp_path / "t.db", "numbers") as table:
        measure_into(table, "ms", Said(), makers(["1"]))
        with pytest.raises(ValueError, match="was measured with device 'said', not 'other'"):
            measure_into(table, "ms", Said(label="other", asked=asked.append), makers(["2"]))
    assert asked == []

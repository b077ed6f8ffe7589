"""This machine: what it is, and how quiet it is while it measures."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from archgraph.latency.measurement import Measurement
from archgraph.latency.protocol import Protocol

_CORES = Path("/sys/devices/system/cpu")
_PROCESS = Path("/proc/self/stat")

STEADY = 1.2
"""How many times as slow the fixed piece of work may become from first to last before that is worth a remark.

As much may the frequency change.
"""

SLOW = 0.5
"""Share of its greatest frequency that the processor must reach now and then."""

FEW = 8
"""With fewer looks neither drift nor the frequency tells anything."""

STRETCH = 30.0
"""Least seconds between two looks at the load average: the system counts every five."""


class NoisyMachineWarning(UserWarning):
    """Times are less precise than wanted, because the machine did other things or changed its speed."""


def processor() -> str:
    """Name of the processor."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def described() -> dict[str, str]:
    """What a card says of this machine: processor, system and, where the system tells, who sets the frequency."""
    governors = {_read(file) for file in _CORES.glob("cpu[0-9]*/cpufreq/scaling_governor")} - {""}
    known = {"processor": processor(), "system": platform.system()}
    return known | ({"governor": ", ".join(sorted(governors))} if governors else {})


class Watch:
    """Looks at this machine now and then while it measures.

    Args:
        local: Whether it is this machine's processor that runs the networks; else there is nothing to look at.

    Attributes:
        work: Milliseconds that the fixed piece of work took at each look.
        at: Seconds, on a clock of its own, of each look at the load.
        loads: Load average of the last minute then; empty on systems without.
        frequencies: Share of its greatest frequency at which the processor ran at each look; empty where unknown.
    """

    def __init__(self, local: bool = True) -> None:
        self.local = local
        self.work: list[float] = []
        self.at: list[float] = []
        self.loads: list[float] = []
        self.frequencies: list[float] = []

    def look(self) -> None:
        """Time the fixed piece of work, and note the load and the frequency."""
        if not self.local:
            return
        start = perf_counter()
        _work()
        self.work.append((perf_counter() - start) * 1e3)
        if hasattr(os, "getloadavg"):
            self.at.append(start)
            self.loads.append(os.getloadavg()[0])
        folder = _frequency()
        now, greatest = (_read(folder / name) for name in ("scaling_cur_freq", "cpuinfo_max_freq"))
        if now.isdecimal() and greatest.isdecimal() and int(greatest):
            self.frequencies.append(int(now) / int(greatest))

    @property
    def drift(self) -> float:
        """How many times as long the fixed piece of work took in the last quarter of the looks as in the first.

        1 with fewer than eight looks, which tell nothing.
        """
        if len(self.work) < FEW:
            return 1.0
        quarter = len(self.work) // 4
        return float(np.median(self.work[-quarter:]) / np.median(self.work[:quarter]))

    @property
    def wanted(self) -> float:
        """How many threads, those that measure among them, wanted a core at a time; NaN in the first half minute.

        The load average of a minute tells also of what was before, but from one look to another it forgets all of that
        but exp(-seconds / 60): two of them tell what came between. This is the median over stretches between looks.
        """
        found: list[float] = []
        first = 0
        for last in range(1, len(self.loads)):
            seconds = self.at[last] - self.at[first]
            if seconds >= STRETCH:
                kept = math.exp(-seconds / 60)
                found.append((self.loads[last] - kept * self.loads[first]) / (1 - kept))
                first = last
        return float(np.median(found)) if found else math.nan

    def remark(self, found: Sequence[Measurement], protocol: Protocol) -> str | None:
        """One line on why the times are less precise than wanted, or may be wrong, and what to do; None if all is well.

        A half-width that is not known, after fewer rounds than it takes, is not held against the machine.
        """
        shares = [each.half_width / each.median for each in found]
        wide = [share for share in shares if share > protocol.precision_goal]
        drifted = max(self.drift, 1 / self.drift) > STEADY
        crowded = self.wanted > (os.cpu_count() or 1) + 0.5
        low, high = np.percentile(self.frequencies, [10, 90]) if len(self.frequencies) >= FEW else (1.0, 1.0)
        slow = bool(high < SLOW or high > STEADY * low)
        if not (wide or drifted or crowded or slow):
            return None
        parts = []
        if wide:
            missed = f"{len(wide)} of {len(found)} times are not known to the wanted {protocol.precision_goal:.1%}"
            parts.append(f"{missed} (the worst to {max(wide):.1%})")
        else:
            parts.append(f"times are as precise as wanted, but {' and '.join(_reasons(drifted, crowded, slow))}")
        if self.work:
            least, most = np.percentile(self.work, [10, 90])
            text = f"a fixed piece of work took {least:.2g} to {most:.2g} ms"
            parts.append(text + (f", at the end {self.drift:.2f} times as long as at first" if drifted else ""))
        if crowded:
            parts.append(f"{self.wanted:.1f} threads at a time wanted one of {os.cpu_count()} cores")
        elif self.loads:
            parts.append(f"the load average was up to {max(self.loads):.1f} on {os.cpu_count()} cores")
        if self.frequencies:
            least, most = min(self.frequencies), max(self.frequencies)
            parts.append(f"the frequency was {least:.0%} to {most:.0%} of the greatest")
        cures = ["let other programs end"] * self.local + ["allow a coarser precision or more rounds"] * bool(wide)
        return f"{'; '.join(parts)}; {', or '.join(cures + ['fix the frequency'] * slow)}"


def _reasons(drifted: bool, crowded: bool, slow: bool) -> list[str]:
    """What may make precise times wrong."""
    said = {
        "the machine changed its speed meanwhile": drifted,
        "other programs took the cores": crowded,
        "the processor's frequency was low or changed": slow,
    }
    return [text for text, holds in said.items() if holds]


def _frequency() -> Path:
    """Where the system tells of the frequency of the core that this process is on, or of the first one."""
    fields = _read(_PROCESS).rpartition(")")[2].split()
    return _CORES / f"cpu{fields[36] if len(fields) > 36 else 0}" / "cpufreq"


def _work() -> int:
    """About a millisecond of the interpreter, which feels other programs on the same core as networks do."""
    total = 0
    for value in range(40_000):
        total ^= value
    return total


def _read(path: Path) -> str:
    """The text of a file of the system; "" if there is none or it may not be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""

"""Any program of the user's that runs an ONNX file somewhere and says how long that took."""

from __future__ import annotations

import json
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from archgraph import _check
from archgraph._guard import temporary_folder
from archgraph._programs import check_command, json_object, last_line, printed, short
from archgraph.graph import ArchGraph
from archgraph.latency.device import Device, Run
from archgraph.latency.measurement import spelt
from archgraph.latency.protocol import Protocol

PLACE = "{model}"
"""What stands for the ONNX file in the arguments of a command."""


class Command(Device):
    """A phone or a board behind a program, or anything else that a program can ask.

    The program is started once a run, without a shell, with the path of an ONNX file in place of ``{model}``. It prints
    the milliseconds of one batch, or something else in ``unit`` that is less where it is better: as the number on
    its last line or, with ``key``, under that key of the JSON object that its last line, or all that it prints, is.

    Args:
        command: The program and its arguments, one of which contains ``{model}``.
        key: Key of the number in the JSON that the program prints; None = it prints the number.
        timeout: Seconds after which the program, and what it started, is ended.
        batch: Images a run, which the ONNX files of architectures are made for.
        label: Name of the device; None = the program's.
        unit: Of the number.
        protocol: How it measures; None = one run a round and no warm-up, which is left to the program.

    Raises:
        ValueError: There is no ``{model}`` among the arguments, or no such program, or the unit is blank.
    """

    standard = Protocol(rounds=10, seconds=600, repeats=1, settle=0, warm_up=0, together=4)
    local = False

    def __init__(
        self,
        command: Sequence[str],
        key: str | None = None,
        timeout: float = 120.0,
        batch: int = 1,
        label: str | None = None,
        unit: str = "ms",
        protocol: Protocol | None = None,
    ) -> None:
        super().__init__(protocol)
        if isinstance(command, str) or not any(PLACE in part for part in command[1:]):
            raise ValueError(f"command must be a program and arguments, one of them with {PLACE}, but is {command!r}")
        self.command = check_command(command)
        if not unit.strip():
            raise ValueError(f"unit must name what the command tells, such as 'mJ', but is {unit!r}")
        self.key = key
        self.unit = unit
        self.timeout = _check.number("timeout", timeout)
        self.batch = _check.positive_int("batch", batch)
        self.name = label or f"command-{Path(command[0]).name}-batch-{self.batch}"

    def load(self, network: ArchGraph | Path) -> Run:
        """See ``Device.load``."""
        if isinstance(network, Path):
            with network.open("rb"):  # so that a missing file is the system's own error, not the program's
                pass
            return _Start(self, network.absolute())
        from archgraph.networks import export_onnx

        kept = ExitStack()
        start = _Start(self, kept.enter_context(temporary_folder()) / "network.onnx")
        weakref.finalize(start, kept.close)
        export_onnx(network, start.model, self.batch)
        return start

    def card(self) -> dict[str, str]:
        """See ``Device.card``."""
        return {
            "device": self.name,
            "command": json.dumps(self.command),
            "reads": "the number on the last line" if self.key is None else f"the key {self.key!r} of JSON",
            # Asked for without importing torch, which whoever measures files need not wait for.
            "exporter": f"torch {version('torch')}",
            "batch": str(self.batch),
            "precision": "float32, or as the file has it",
            "protocol": self.protocol.describe(),
        }


class _Start:
    """Starts the program on one ONNX file."""

    def __init__(self, device: Command, model: Path) -> None:
        self.device = device
        self.model = model

    def __call__(self) -> float:
        arguments = [part.replace(PLACE, str(self.model)) for part in self.device.command]
        return number(printed(arguments, self.device.timeout), self.device.key, self.device.unit)


def number(text: str, key: str | None = None, unit: str = "ms") -> float:
    """The time, or what else is told in ``unit``, that a program printed.

    Args:
        text: All that it wrote to its stdout.
        key: Key of the number in the JSON object that it printed; None = a number on its last line.
        unit: What the number is told in.

    Raises:
        ValueError: There is no such number.
    """
    last = last_line(text)
    if not last:
        raise ValueError(f"the command printed nothing; let it print {spelt(unit)} on its last line")
    if key is None:
        try:
            return float(last)
        except ValueError:
            raise ValueError(
                f"the command printed {short(last)} on its last line; let it print {spelt(unit)} there, a number "
                "alone, or JSON, and name the key"
            ) from None
    found = json_object(text)
    if found is None:
        raise ValueError(f"the command printed {short(last)} on its last line; expected JSON with the key {key!r}")
    time = found.get(key)
    if isinstance(time, bool) or not isinstance(time, int | float):
        said = f"{short(time)} as {key!r}" if key in found else f"JSON without the key {key!r}"
        raise ValueError(f"the command printed {said}; let that be a number of {spelt(unit)}")
    return float(time)

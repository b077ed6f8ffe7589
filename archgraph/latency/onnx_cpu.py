"""This machine's CPU, through ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archgraph import _check
from archgraph._guard import temporary_folder
from archgraph.graph import ArchGraph
from archgraph.latency.device import FOLDED, Device, Run
from archgraph.latency.machine import described
from archgraph.latency.protocol import Protocol

_TYPES: Mapping[str, str] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(bool)": "bool",
}


class OnnxCPU(Device):
    """ONNX Runtime's CPU provider, which fuses operations before it runs them.

    Takes architectures, in float32, and ONNX files. Inputs of a file that are numbers with a fraction are given normal
    noise, others zeros, which are valid indices everywhere.

    Args:
        batch: Images a run; of a file, the first size of its inputs where the file leaves it open.
        threads: Of ONNX Runtime.
        protocol: How it measures; None = ``Protocol(together=4)``.

    Raises:
        ImportError: ONNX Runtime is not installed.
    """

    # To export a network takes seconds: with few at a time, a process that is killed has lost little.
    standard = Protocol(together=4)

    def __init__(self, batch: int = 1, threads: int = 1, protocol: Protocol | None = None) -> None:
        super().__init__(protocol)
        self.batch = _check.positive_int("batch", batch)
        self.threads = _check.positive_int("threads", threads)
        self.name = f"onnx-cpu-{self.threads}-batch-{self.batch}"
        if find_spec("onnxruntime") is None:
            raise ImportError("the device onnx-cpu takes onnxruntime; install with: pip install 'archgraph[onnx]'")

    def load(self, network: ArchGraph | Path) -> Run:
        """See ``Device.load``."""
        session = self.session(network)
        given = {each.name: self._values(each) for each in session.get_inputs()}

        def run() -> float:
            start = perf_counter_ns()
            session.run(None, given)
            return (perf_counter_ns() - start) / 1e6

        # What a file's own operations refuse shows when it runs, as an error of ONNX Runtime's own kind.
        try:
            run()
        except _errors() as error:
            raise ValueError(f"ONNX Runtime cannot run it: {_said(error)}") from error
        return run

    def session(self, network: ArchGraph | Path) -> Any:
        """ONNX Runtime's ``InferenceSession`` of a full graph or an ONNX file.

        Raises:
            ImportError: A graph is given, and onnx or onnxscript is not installed.
            ValueError: The graph cannot be exported, or the file is no ONNX file that ONNX Runtime knows.
            OSError: The file cannot be read.
        """
        if isinstance(network, Path):
            with network.open("rb"):  # a missing file, or one that may not be read, is told by the system's own error
                pass
            return self._opened(network)
        from archgraph.networks import export_onnx

        with temporary_folder() as folder:
            path = folder / "network.onnx"
            export_onnx(network, path, self.batch)
            return self._opened(path)

    def card(self) -> dict[str, str]:
        """See ``Device.card``."""
        import onnxruntime
        import torch

        return {
            "device": self.name,
            **described(),
            "onnxruntime": onnxruntime.__version__,
            "exporter": f"torch {torch.__version__}",
            "threads": str(self.threads),
            "batch": str(self.batch),
            **FOLDED,
            "precision": "float32, or as the file has it",
            "protocol": self.protocol.describe(),
        }

    def _opened(self, path: Path) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Several networks are open at a time: threads of one that wait by spinning would slow the others down.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except _errors() as error:
            raise ValueError(f"{path.name!r} is no ONNX file that ONNX Runtime can open: {_said(error)}") from error

    def _values(self, given: Any) -> NDArray[Any]:
        if given.type not in _TYPES:
            raise ValueError(f"its input {given.name!r} is a {given.type}; expected a tensor of numbers")
        sizes = list(given.shape)
        if sizes and not isinstance(sizes[0], int):
            sizes[0] = self.batch
        if not all(isinstance(size, int) for size in sizes):
            raise ValueError(
                f"its input {given.name!r} is of {given.shape}, which leaves more open than the batch; "
                "write the file with fixed sizes"
            )
        if sizes and sizes[0] != self.batch:
            raise ValueError(
                f"its input {given.name!r} is of {given.shape}, made for a batch of {sizes[0]}, not {self.batch}; "
                f"measure with a batch of {sizes[0]}"
            )
        kind = np.dtype(_TYPES[given.type])
        if kind.kind != "f":
            return np.zeros(sizes, kind)
        return np.random.default_rng(0).standard_normal(sizes).astype(kind)


def _errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises; its errors have no base class of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    found = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return (*found, RuntimeError)


def _said(error: Exception) -> str:
    """Its message without the codes before it."""
    return " ".join(str(error).split()).rpartition("[ONNXRuntimeError]")[2].lstrip(" :0123456789")

"""A GPU of this machine, through torch and CUDA."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from archgraph import _check
from archgraph.graph import ArchGraph
from archgraph.latency.device import Device, Run, graph_for
from archgraph.latency.protocol import Protocol
from archgraph.networks import build
from archgraph.networks.evaluation import channels_last
from archgraph.networks.random_inputs import Inputs, random_inputs
from archgraph.registry import UnknownNameError

PRECISIONS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


class TorchCUDA(Device):
    """Torch on a GPU, channels last, inference mode, timed by CUDA events.

    Every network is captured as a CUDA graph, whose replay launches all kernels at once; without that, small networks
    would show the time that Python takes to launch their kernels. One that cannot be captured runs eagerly.

    Args:
        batch: Images a run.
        precision: "float32", "float16" or "bfloat16", of weights and images.
        index: Which GPU.
        capture: Whether to capture networks; False runs all of them eagerly.
        protocol: How it measures; None = ``Protocol()``.

    Raises:
        UnknownNameError: There is no such precision.
        ValueError: Torch sees no such GPU.
    """

    local = False

    def __init__(
        self,
        batch: int = 1,
        precision: str = "float32",
        index: int = 0,
        capture: bool = True,
        protocol: Protocol | None = None,
    ) -> None:
        super().__init__(protocol)
        self.batch = _check.positive_int("batch", batch)
        if precision not in PRECISIONS:
            raise UnknownNameError("precision", precision, list(PRECISIONS))
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if index not in range(count):
            raise ValueError(f"torch sees {count} CUDA GPUs here, so there is no number {index}; measure on torch-cpu")
        self.precision = precision
        self.place = torch.device("cuda", index)
        self.capture = capture
        self.name = f"torch-cuda-{precision}-batch-{self.batch}"

    def load(self, network: ArchGraph | Path) -> Run:
        """See ``Device.load``."""
        graph = graph_for(self, network)
        wanted = PRECISIONS[self.precision]
        given = self._moved(random_inputs(graph, self.batch))
        module = channels_last(build(graph).eval().to(self.place, wanted))
        with self.inside():
            launch = _captured(module, given) if self.capture else None
        launch = launch or (lambda: module(given))
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]  # torch's

        def run() -> float:
            start.record()
            launch()
            end.record()
            end.synchronize()
            return float(start.elapsed_time(end))

        return run

    @contextmanager
    def inside(self) -> Iterator[None]:
        """See ``Device.inside``."""
        with torch.cuda.device(self.place), torch.inference_mode():
            yield

    def card(self) -> dict[str, str]:
        """See ``Device.card``."""
        return {
            "device": self.name,
            "processor": torch.cuda.get_device_name(self.place),
            "torch": torch.__version__,
            "cuda": str(torch.version.cuda),
            "cudnn": str(torch.backends.cudnn.version()),  # type: ignore[no-untyped-call]  # torch's
            "tf32": str(torch.backends.cuda.matmul.allow_tf32),
            "batch": str(self.batch),
            "precision": self.precision,
            "launch": "CUDA graph, eager where it cannot be captured" if self.capture else "eager",
            "protocol": self.protocol.describe(),
        }

    def _moved(self, given: Inputs) -> Inputs:
        """On the GPU; numbers with a fraction in the wanted precision, symbols as they are."""
        if isinstance(given, tuple):
            return tuple(self._one_moved(each) for each in given)
        return self._one_moved(given)

    def _one_moved(self, given: torch.Tensor) -> torch.Tensor:
        return given.to(self.place, PRECISIONS[self.precision] if given.is_floating_point() else None)


def _captured(module: nn.Module, given: Inputs) -> Callable[[], object] | None:
    """Replays ``module(given)``; None if it cannot be captured.

    Kernels and workspaces are chosen in the first runs, which therefore go before the capture, on a stream of their own
    as CUDA demands.
    """
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch's
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            module(given)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph):
            # What a replay writes must not be given to anybody else while the graph lives.
            result = module(given)
    except RuntimeError:
        torch.cuda.synchronize()
        return None

    def replay(_kept: object = (module, given, result)) -> None:
        graph.replay()

    return replay

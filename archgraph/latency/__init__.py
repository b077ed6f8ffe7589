"""How long networks take on devices."""

from archgraph.latency.device import Device, Timing
from archgraph.latency.torch_cpu import TorchCPU

__all__ = ["Device", "Timing", "TorchCPU"]

"""How long networks take on devices."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archgraph.latency.campaign import measure_into
from archgraph.latency.device import Device, Timing
from archgraph.latency.latency_table import LatencyTable
from archgraph.latency.measurement import Measurement
from archgraph.latency.protocol import Protocol
from archgraph.latency.rounds import Outcome
from archgraph.registry import Registry

if TYPE_CHECKING:
    from archgraph.latency.command import Command
    from archgraph.latency.onnx_cpu import OnnxCPU
    from archgraph.latency.operator_sum import OperatorSum
    from archgraph.latency.operator_times import OperatorTimes, operator_networks
    from archgraph.latency.torch_cpu import TorchCPU
    from archgraph.latency.torch_cuda import TorchCUDA

REGISTRY: Registry[type[Device]] = Registry(
    "device",
    "archgraph.devices",
    {
        "command": "archgraph.latency.command:Command",
        "onnx-cpu": "archgraph.latency.onnx_cpu:OnnxCPU",
        "torch-cpu": "archgraph.latency.torch_cpu:TorchCPU",
        "torch-cuda": "archgraph.latency.torch_cuda:TorchCUDA",
    },
)

__all__ = [
    "REGISTRY",
    "Command",
    "Device",
    "LatencyTable",
    "Measurement",
    "OnnxCPU",
    "OperatorSum",
    "OperatorTimes",
    "Outcome",
    "Protocol",
    "Timing",
    "TorchCPU",
    "TorchCUDA",
    "measure_into",
    "operator_networks",
]

_HOMES = {
    "Command": "archgraph.latency.command",
    "OnnxCPU": "archgraph.latency.onnx_cpu",
    "OperatorSum": "archgraph.latency.operator_sum",
    "OperatorTimes": "archgraph.latency.operator_times",
    "TorchCPU": "archgraph.latency.torch_cpu",
    "TorchCUDA": "archgraph.latency.torch_cuda",
    "operator_networks": "archgraph.latency.operator_times",
}


def __getattr__(name: str) -> Any:
    # Whoever measures through a program need not wait for torch, nor for what interpolates.
    if name not in _HOMES:
        raise AttributeError(f"module 'archgraph.latency' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

"""How long networks take on devices."""

from archgraph.latency.device import Device, Timing
from archgraph.latency.torch_cpu import TorchCPU
from archgraph.registry import Registry

REGISTRY: Registry[type[Device]] = Registry(
    "device", "archgraph.devices", {"torch-cpu": "archgraph.latency.torch_cpu:TorchCPU"}
)

__all__ = ["REGISTRY", "Device", "Timing", "TorchCPU"]

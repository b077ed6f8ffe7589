"""Full graphs as torch modules that run."""

from archgraph.networks.network import GraphNetwork, build
from archgraph.networks.onnx_export import export_onnx

__all__ = ["GraphNetwork", "build", "export_onnx"]

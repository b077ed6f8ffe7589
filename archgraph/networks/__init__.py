"""Full graphs as torch modules that run."""

from archgraph.networks.network import GraphNetwork, build

__all__ = ["GraphNetwork", "build"]

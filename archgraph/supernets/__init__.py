"""Weight-sharing networks: one set of weights that holds every architecture of a space."""

from archgraph.supernets.supernet import REGISTRY, Subnet, Supernet, load_supernet

__all__ = ["REGISTRY", "Subnet", "Supernet", "load_supernet"]

"""Graphs to vectors."""

from archgraph.features.common_features import common_features
from archgraph.features.graph_features import GraphFeatures

__all__ = ["GraphFeatures", "common_features"]

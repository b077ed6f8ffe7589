"""Graphs to vectors."""

from archgraph.features.graph_features import GraphFeatures

__all__ = ["GraphFeatures"]

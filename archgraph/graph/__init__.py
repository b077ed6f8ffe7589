"""Architectures as graphs: one vocabulary, single graphs and batches of them."""

from archgraph.graph.arch_graph import ArchGraph
from archgraph.graph.batch import GraphBatch
from archgraph.graph.builder import GraphBuilder

__all__ = ["ArchGraph", "GraphBatch", "GraphBuilder"]

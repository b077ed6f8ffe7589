"""Something for a network to run on."""

from __future__ import annotations

import torch

from archgraph.graph import ArchGraph
from archgraph.networks.layout import layouts
from archgraph.networks.node import Node, nodes_of

Inputs = torch.Tensor | tuple[torch.Tensor, ...]


def random_inputs(network: ArchGraph, batch: int, seed: int = 0) -> Inputs:
    """What a full graph takes: normal noise for images, sequences and vectors, random ones of the symbols it knows.

    Args:
        network: A full graph.
        batch: Examples of each input.
        seed: Of the noise.

    Returns:
        The tensor that ``networks.build(network)`` takes, or a tuple where it takes several: float32 images
        ``(batch, C, H, W)`` with channels last in memory, sequences ``(batch, T, C)``, vectors ``(batch, C)``, and
        int64 symbols ``(batch, T)``.

    Raises:
        ValueError: An input does not know its channels or its size, or an operation does not fit what it takes.
    """
    generator = torch.Generator().manual_seed(seed)
    nodes = nodes_of(network)
    found = [
        _noise(node, layout, nodes, batch, generator)
        for node, layout in zip(nodes, layouts(nodes), strict=True)
        if node.op == "input"
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _noise(node: Node, layout: str, nodes: list[Node], batch: int, generator: torch.Generator) -> torch.Tensor:
    if layout == "symbols":
        known = min(other.whole("c_in") for other in nodes if node.number in other.inputs)
        return torch.randint(known, (batch, node.whole("height", 1)), generator=generator)
    sizes = {"image": ("c_out", "height", "width"), "sequence": ("height", "c_out"), "vector": ("c_out",)}[layout]
    drawn = torch.randn(batch, *(node.whole(name) for name in sizes), generator=generator)
    return drawn.contiguous(memory_format=torch.channels_last) if layout == "image" else drawn


def plainly_laid_out(inputs: Inputs) -> Inputs:
    """The same values, each tensor contiguous as its axes are written."""
    return tuple(each.contiguous() for each in inputs) if isinstance(inputs, tuple) else inputs.contiguous()

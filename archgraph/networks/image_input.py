"""The image that a network takes."""

from __future__ import annotations

import numpy as np
import torch

from archgraph.graph import ArchGraph


def image_shape(network: ArchGraph) -> tuple[int, int, int]:
    """Channels, height and width of the one image that a full graph takes.

    Raises:
        ValueError: It has no or several inputs, or does not know the size of its input.
    """
    inputs = [node for node, op in enumerate(network.ops) if op == "input"]
    sizes = [float(network.attr(name)[inputs[0]]) for name in ("c_out", "height", "width")] if inputs else []
    if len(inputs) != 1 or not np.isfinite(sizes).all():
        first = f", the first of {sizes}" if sizes else ""
        raise ValueError(
            "a network must take one image of known channels, height and width, but this one has "
            f"{len(inputs)} inputs{first}"
        )
    channels, height, width = (int(size) for size in sizes)
    return channels, height, width


def random_images(network: ArchGraph, batch: int, seed: int = 0) -> torch.Tensor:
    """``(batch, C, H, W)`` float32 images of normal noise for a full graph, channels last in memory.

    Raises:
        ValueError: The network does not take one image of known size.
    """
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(batch, *image_shape(network), generator=generator)
    return images.contiguous(memory_format=torch.channels_last)

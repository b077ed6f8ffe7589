"""The image that a network takes."""

from __future__ import annotations

import pytest
import torch

from archgraph.graph import GraphBuilder
from archgraph.networks.image_input import image_shape, random_images


def test_images_are_of_the_graphs_shape_and_the_same_for_a_seed() -> None:
    net = GraphBuilder()
    net.output(net.conv(net.input(3, 8, 16), 4, kernel=3))
    graph = net.graph()
    assert image_shape(graph) == (3, 8, 16)
    images = random_images(graph, 2)
    assert images.shape == (2, 3, 8, 16)
    assert images.dtype == torch.float32
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(images, random_images(graph, 2, seed=0))
    assert not torch.equal(images, random_images(graph, 2, seed=1))


def test_what_takes_no_image_says_what_it_takes() -> None:
    net = GraphBuilder()
    net.output(net.linear(net.add("input", (), c_in=3, c_out=3), 2))
    with pytest.raises(ValueError, match=r"one image of known .*, but this one has 1 inputs, the first of \[3.0, nan"):
        image_shape(net.graph())
    two = GraphBuilder()
    two.output(two.add("add", [two.input(3, 8, 8), two.input(3, 8, 8)]))
    with pytest.raises(ValueError, match="has 2 inputs"):
        image_shape(two.graph())

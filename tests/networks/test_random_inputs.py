"""What networks are given to run on."""

from __future__ import annotations

import pytest
import torch

from archgraph.graph import GraphBuilder
from archgraph.networks import build
from archgraph.networks.random_inputs import plainly_laid_out, random_inputs


def test_images_are_of_the_graphs_shape_and_the_same_for_a_seed() -> None:
    net = GraphBuilder()
    net.output(net.conv(net.input(3, 8, 16), 4, kernel=3))
    graph = net.graph()
    images = random_inputs(graph, 2)
    assert isinstance(images, torch.Tensor)
    assert images.shape == (2, 3, 8, 16)
    assert images.dtype == torch.float32
    assert images.is_contiguous(memory_format=torch.channels_last)
    again, other = random_inputs(graph, 2, seed=0), random_inputs(graph, 2, seed=1)
    assert isinstance(again, torch.Tensor)
    assert isinstance(other, torch.Tensor)
    assert torch.equal(images, again)
    assert not torch.equal(images, other)
    plain = plainly_laid_out(images)
    assert isinstance(plain, torch.Tensor)
    assert plain.is_contiguous()
    assert torch.equal(plain, images)


def test_several_inputs_of_every_layout() -> None:
    net = GraphBuilder()
    image, vector = net.input(4, 8, 8), net.add("input", (), c_in=4, c_out=4)
    net.output(net.add("multiply", [image, vector]))
    symbols = net.add("input", (), c_out=1, height=5)
    words = net.add("embedding", [symbols], c_in=100, c_out=6, height=5, width=1)
    net.output(net.add("add", [words, net.add("input", (), c_in=6, c_out=6, height=5, width=1)]))
    graph = net.graph()
    given = random_inputs(graph, 3)
    assert isinstance(given, tuple)
    assert [tuple(each.shape) for each in given] == [(3, 4, 8, 8), (3, 4), (3, 5), (3, 5, 6)]
    assert given[2].dtype == torch.int64
    assert 0 <= int(given[2].min()) <= int(given[2].max()) < 100
    assert [tuple(each.shape) for each in build(graph)(given)] == [(3, 4, 8, 8), (3, 5, 6)]
    assert isinstance(plainly_laid_out(given), tuple)


def test_an_input_of_unknown_size_says_what_it_lacks() -> None:
    net = GraphBuilder()
    net.output(net.conv(net.add("input", (), c_out=3, height=8, width=8), 2, kernel=1))
    assert isinstance(random_inputs(net.graph(), 1), torch.Tensor)
    lacking = GraphBuilder()
    lacking.output(lacking.add("relu", [lacking.add("input", (), c_out=3, height=1)]))
    with pytest.raises(ValueError, match="cannot build node 0 'input': it lacks the attribute 'width'"):
        random_inputs(lacking.graph(), 1)

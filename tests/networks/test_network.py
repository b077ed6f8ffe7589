from __future__ import annotations

import weakref

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from archgraph.graph import ArchGraph, GraphBuilder
from archgraph.networks import GraphNetwork, build
from archgraph.networks.blocks import SqueezeExcite
from tests.graphs import example_for, random_network, random_sequence_network, small_graph

PASSING = (nn.Identity, nn.Flatten, nn.Dropout)


def networks(n: int) -> list[ArchGraph]:
    rng = np.random.default_rng(0)
    return [random_network(rng) if i % 2 else random_sequence_network(rng) for i in range(n)]


@pytest.mark.parametrize("graph", networks(40))
def test_costs_are_those_of_the_module(graph: ArchGraph) -> None:
    network, x = build(graph), example_for(graph)
    with FlopCounterMode(display=False) as counter:
        network(x)
    costs = graph.costs()
    assert costs["params"] == sum(parameter.numel() for parameter in network.parameters())
    assert 2 * costs["macs"] * len(x) == counter.get_total_flops()


@pytest.mark.parametrize("seed", range(10))
def test_activation_bytes_are_those_of_the_tensors_put_out(seed: int) -> None:
    graph = random_network(np.random.default_rng(seed))
    network, x, sizes = build(graph), example_for(graph), []
    for part in network.modules():
        if isinstance(part, SqueezeExcite) or (not list(part.children()) and not isinstance(part, PASSING)):
            part.register_forward_hook(lambda _, __, result: sizes.append(result.numel() * result.element_size()))
    network(x)
    assert graph.costs()["activation_bytes"] * len(x) == sum(sizes)


@pytest.mark.parametrize("graph", networks(6))
def test_every_weight_on_the_way_to_the_output_learns(graph: ArchGraph) -> None:
    alive = graph.simplified()
    network = build(alive)
    network(example_for(alive)).square().sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def residual() -> ArchGraph:
    net = GraphBuilder()
    x = net.add("batch_norm", (net.conv(net.input(3, 8, 8), 4, kernel=3),))
    y = net.conv(net.add("relu", (x,)), 4, kernel=3, bias=True)
    x = net.global_avg_pool(net.add("add", (x, y)))
    net.output(net.linear(x, 5))
    return net.graph()


def test_weights_are_named_by_node() -> None:
    names = ["1_conv.weight", "2_batch_norm.weight", "2_batch_norm.bias", "4_conv.weight", "4_conv.bias"]
    names += ["7_linear.weight", "7_linear.bias"]
    assert [name for name, _ in build(residual()).named_parameters()] == names


def test_the_network_computes_what_the_graph_says() -> None:
    network, x = build(residual()).eval(), torch.randn(2, 3, 8, 8)
    part = {name.split("_", 1)[0]: module for name, module in network.named_children()}
    y = part["2"](part["1"](x))
    y = (y + part["4"](y.relu())).mean((2, 3))
    torch.testing.assert_close(network(x), part["7"](y))


def test_the_generator_decides_and_the_global_one_is_left_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    default, same = build(residual()), build(residual(), torch.Generator().manual_seed(0))
    other = build(residual(), torch.Generator().manual_seed(1))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(default.parameters(), same.parameters(), strict=True))
    assert not torch.equal(default.get_parameter("1_conv.weight"), other.get_parameter("1_conv.weight"))


def test_state_is_saved_and_loaded() -> None:
    first, second = build(residual()).eval(), build(residual(), torch.Generator().manual_seed(1)).eval()
    second.load_state_dict(first.state_dict())
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(first(x), second(x))


def test_channels_last_stays_channels_last() -> None:
    network = build(residual()).to(memory_format=torch.channels_last)
    seen = []
    network.get_submodule("5_add").register_forward_hook(lambda _, __, result: seen.append(result))
    network(torch.randn(2, 3, 8, 8).to(memory_format=torch.channels_last))
    assert seen[0].is_contiguous(memory_format=torch.channels_last)


def test_tensors_are_let_go_of_when_nothing_takes_them_any_more() -> None:
    net = GraphBuilder()
    x = net.input(2, 4, 4)
    for _ in range(6):
        x = net.add("tanh", (x,))
    net.output(x)
    network, results = build(net.graph()), []
    alive: list[int] = []

    def note(_: nn.Module, __: tuple[Tensor, ...], result: Tensor) -> None:
        alive.append(sum(other() is not None for other in results))
        results.append(weakref.ref(result))

    for module in network.children():
        module.register_forward_hook(note)
    with torch.no_grad():
        network(torch.randn(1, 2, 4, 4))
    # while a step runs, only what it takes is there
    assert alive == [0, 1, 1, 1, 1, 1]


def test_several_inputs_and_outputs() -> None:
    ops = ["input", "input", "add", "relu", "output", "output"]
    graph = small_graph(ops, [(0, 2), (1, 2), (2, 3), (2, 4), (3, 5)], c_out=dict.fromkeys(range(6), 2))
    network = build(graph)
    x, y = torch.tensor([[1.0, -5.0]]), torch.tensor([[2.0, 3.0]])
    total, rectified = network((x, y))
    assert total.tolist() == [[3, -2]]
    assert rectified.tolist() == [[3, 0]]
    with pytest.raises(ValueError, match="the network takes 2 tensors, but was given 3"):
        network((x, y, y))


def test_a_vector_weighs_channels_and_tokens() -> None:
    ops, edges = ["input", "input", "multiply", "output"], [(0, 2), (1, 2), (2, 3)]
    channels = dict.fromkeys(range(4), 2)
    weight = torch.tensor([[2.0, 3.0]])
    image = build(small_graph(ops, edges, c_out=channels, height={0: 2}, width={0: 2}))
    assert image((torch.ones(1, 2, 2, 2), weight)).tolist() == [[[[2, 2], [2, 2]], [[3, 3], [3, 3]]]]
    sequence = build(small_graph(ops, edges, c_out=channels, height={0: 2}))
    assert sequence((torch.ones(1, 2, 2), weight)).tolist() == [[[2, 3], [2, 3]]]


def test_a_network_whose_output_is_its_input() -> None:
    x = torch.randn(2, 3)
    assert build(small_graph(["input", "output"], [(0, 1)]))(x) is x
    assert isinstance(build(residual()), GraphNetwork)

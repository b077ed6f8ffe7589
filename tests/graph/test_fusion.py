"""Which nodes go together, by hand on small graphs."""

from __future__ import annotations

import numpy as np

from archgraph.graph import ArchGraph, GraphBuilder
from archgraph.graph.fusion import FREE, fused
from tests.graphs import random_network


def names(graph: ArchGraph, folds: bool = False) -> list[str]:
    return ["+".join(graph.ops[node] for node in group.nodes) for group in fused(graph, folds)]


def begin() -> tuple[GraphBuilder, int]:
    net = GraphBuilder()
    return net, net.input(8, 8, 8)


def test_a_convolution_takes_norm_and_activation_along() -> None:
    net, x = begin()
    net.output(net.add("relu", [net.add("batch_norm", [net.conv(x, 8, kernel=3)])]))
    (group,) = fused(net.graph())
    assert group.nodes == (1, 2, 3)
    assert group.sources == ((0,), (1,), (2,))


def test_a_residual_sum_joins_the_later_branch_and_takes_the_other_from_outside() -> None:
    net, x = begin()
    first = net.add("relu", [net.conv(x, 8, kernel=3)])
    second = net.add("batch_norm", [net.conv(first, 8, kernel=3)])
    net.output(net.add("relu", [net.add("add", [first, second])]))
    assert names(net.graph()) == ["conv+relu", "conv+batch_norm+add+relu"]
    assert fused(net.graph())[1].sources == ((2,), (3,), (2, 4), (5,))


def test_of_two_branches_that_could_take_the_sum_the_later_does() -> None:
    net, x = begin()
    net.output(net.add("add", [net.conv(x, 8, kernel=1), net.conv(x, 8, kernel=3)]))
    assert names(net.graph()) == ["conv", "conv+add"]
    assert fused(net.graph())[1].nodes == (2, 3)


def test_what_others_take_too_ends_a_group() -> None:
    net, x = begin()
    y = net.conv(x, 8, kernel=3)
    net.output(net.add("add", [y, net.add("relu", [y])]))
    assert names(net.graph()) == ["conv", "relu+add"]
    shown = GraphBuilder()
    y = shown.conv(shown.input(8, 8, 8), 8, kernel=3)
    shown.output(y)
    shown.output(shown.add("relu", [y]))
    assert names(shown.graph()) == ["conv", "relu"]


def test_what_no_input_decides_or_no_output_takes_is_left_out_where_it_is_folded() -> None:
    net, x = begin()
    zeros = net.add("relu", [net.conv(net.add("zero", [net.conv(x, 8, kernel=3)]), 8, kernel=1)])
    y = net.add("relu", [net.conv(x, 8, kernel=5)])
    net.add("max_pool", [y], kernel=3)
    net.output(net.add("add", [net.add("batch_norm", [y]), zeros]))
    graph = net.graph()
    assert names(graph) == ["conv", "zero", "conv+relu", "conv+relu", "max_pool", "batch_norm+add"]
    assert names(graph, folds=True) == ["conv+relu", "batch_norm+add"]


def test_what_is_left_out_keeps_nobody_apart() -> None:
    net, x = begin()
    y = net.conv(x, 8, kernel=3)
    net.add("max_pool", [y], kernel=3)
    net.output(net.add("add", [net.add("relu", [y]), net.add("zero", [y])]))
    assert names(net.graph()) == ["conv", "max_pool", "relu+add", "zero"]
    assert names(net.graph(), folds=True) == ["conv+relu+add"]


def test_the_order_of_steps_is_kept() -> None:
    net, x = begin()
    x = net.conv(x, 8, kernel=3)
    for op in ("relu", "batch_norm", "relu", "relu"):
        x = net.add(op, [x])
    net.output(net.conv(x, 8, kernel=3))
    assert names(net.graph()) == ["conv+relu", "batch_norm+relu", "relu", "conv"]


def test_what_is_free_is_looked_through_and_a_flatten_ends_a_group() -> None:
    net, x = begin()
    x = net.add("identity", [net.conv(x, 8, kernel=3)])
    x = net.add("dropout", [net.add("batch_norm", [x])])
    x = net.add("relu", [net.flatten(net.add("relu", [x]))])
    net.output(net.linear(x, 4))
    graph = net.graph()
    assert names(graph) == ["conv+batch_norm+relu", "relu", "linear"]
    # the second takes what the flatten names anew, in its new shape
    assert [graph.ops[source] for source in fused(graph)[1].sources[0]] == ["flatten"]


def test_a_sum_of_another_shape_is_an_operator_of_its_own() -> None:
    net, x = begin()
    gate = net.conv(net.global_avg_pool(x), 8, kernel=1)
    net.output(net.add("add", [x, gate]))
    assert names(net.graph()) == ["global_avg_pool", "conv", "add"]


def test_pooling_concat_and_gates_stay_alone() -> None:
    net, x = begin()
    pooled = net.pool(net.add("relu", [x]), "max_pool", 3, 1)
    gated = net.squeeze_excite(pooled, 2)
    net.output(net.add("relu", [net.add("concat", [pooled, gated])]))
    assert names(net.graph()) == ["relu", "max_pool", "squeeze_excite", "concat", "relu"]


def test_every_node_is_in_one_group() -> None:
    for seed in range(20):
        graph = random_network(np.random.default_rng(seed), steps=15)
        grouped = sorted(node for group in fused(graph) for node in group.nodes)
        wanted = [node for node, op in enumerate(graph.ops) if op not in FREE | {"input", "output"}]
        assert grouped == wanted

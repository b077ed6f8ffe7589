"""Operators as texts that are keys."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from archgraph.graph import ArchGraph, GraphBatch, GraphBuilder
from archgraph.graph.operators import operator_graph, operator_kind, operators
from archgraph.networks import build
from archgraph.networks.random_inputs import random_inputs
from archgraph.spaces import space
from tests.graphs import random_network


def block(**labels: float) -> ArchGraph:
    net = GraphBuilder()
    with net.labelled(**labels):
        x = net.conv(net.input(16, 32, 32), 32, kernel=3, stride=2)
        x = net.add("relu", [net.add("batch_norm", [x])])
        y = net.add("batch_norm", [net.conv(x, 32, kernel=5, groups=32)])
        net.output(net.linear(net.flatten(net.global_avg_pool(net.add("add", [x, y]))), 10))
    return net.graph()


def test_texts_by_hand() -> None:
    small = "input c_out=32,height=16,width=16"
    assert operators(block()) == [
        "input c_out=16,height=32,width=32 > conv kernel=3,stride=2,c_out=32,height=16,width=16 > batch_norm > relu",
        f"{small} > {small} > conv@0 kernel=5,groups=32 > batch_norm > add@1,3",
        f"{small} > global_avg_pool height=1,width=1",
        "input c_out=32 > linear c_out=10,bias=1",
    ]
    assert [operator_kind(text) for text in operators(block())] == [
        "conv+batch_norm+relu",
        "depthwise_conv+batch_norm+add",
        "global_avg_pool",
        "linear",
    ]


def test_labels_and_what_is_usual_make_no_difference() -> None:
    assert operators(block(position=3)) == operators(block())
    net = GraphBuilder()
    x = net.input(8, 4, 4)
    net.output(net.add("conv", [x], kernel=1, c_out=8))
    other = GraphBuilder()
    other.output(other.conv(other.input(8, 4, 4), 8, kernel=1))
    assert operators(net.graph()) == operators(other.graph()) == ["input c_out=8,height=4,width=4 > conv kernel=1"]


def test_groups_of_one_are_kept_where_they_mean_something() -> None:
    net = GraphBuilder()
    net.output(net.add("channel_shuffle", [net.input(8, 4, 4)], groups=1))
    assert operators(net.graph()) == ["input c_out=8,height=4,width=4 > channel_shuffle groups=1"]


@pytest.mark.parametrize("seed", range(10))
def test_operators_read_back_are_themselves_and_do_the_work_of_the_network(seed: int) -> None:
    graph = random_network(np.random.default_rng(seed), steps=15)
    texts = operators(graph)
    alone = [operator_graph(text) for text in texts]
    assert [operators(each) for each in alone] == [[text] for text in texts]
    sums = {name: values.sum() for name, values in GraphBatch.from_graphs(alone).costs().items()}
    assert sums == pytest.approx(graph.costs())


@pytest.mark.parametrize("name", ["nb201", "mbv3", "fbnet", "darts", "hat"])
def test_operators_of_spaces_run_on_their_own(name: str) -> None:
    searched = space(name)
    texts = operators(searched.network(searched.smallest))
    for text in dict.fromkeys(texts):
        graph = operator_graph(text)
        with torch.inference_mode():
            result = build(graph).eval()(random_inputs(graph, 1))
        assert isinstance(result, torch.Tensor)


def test_activations_inside_blocks_are_named() -> None:
    text = "input c_out=8,height=4,width=1 > feed_forward hidden=16,bias=1,act=gelu"
    assert operators(operator_graph(text)) == [text]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", r"its part 0 takes parts \[-1\]"),
        ("input c_out=3 > convolve", "Unknown operation 'convolve'"),
        ("input c_out=3 > conv kernal=3", "Unknown attribute 'kernal'. Did you mean 'kernel'"),
        ("input c_out=3 > conv kernel=x", "could not convert string to float: 'x'"),
        ("input c_out=3 > add@0,2", r"its part 1 takes parts \[0, 2\], but there are 1 before it"),
        ("conv kernel=3", r"its part 0 takes parts \[-1\], but there are 0 before it"),
        ("input c_out=3 > relu c_out=inf", "attrs must be finite"),
    ],
)
def test_what_is_no_operator_says_why(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"is no operator: .*{problem}"):
        operator_graph(text)

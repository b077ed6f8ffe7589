from __future__ import annotations

import numpy as np
import pytest
import torch

from archgraph.graph import ArchGraph
from archgraph.graph.simplify import simplified, simplified_nodes
from archgraph.networks import build
from tests.graphs import example_for, random_dag, random_network, small_graph


def wiring(graph: ArchGraph) -> list[tuple[str, list[str]]]:
    return [(op, [graph.ops[source] for source in graph.inputs(node)]) for node, op in enumerate(graph.ops)]


@pytest.mark.parametrize("seed", range(20))
def test_the_function_is_unchanged(seed: int) -> None:
    graph = random_network(np.random.default_rng(seed), steps=10)
    smaller, kept = simplified_nodes(graph)
    before, after = build(graph).eval(), build(smaller).eval()
    name = {f"{old}_{graph.ops[old]}": f"{new}_{graph.ops[old]}" for new, old in enumerate(kept)}
    weights = [(key.split(".", 1), value) for key, value in before.state_dict().items()]
    after.load_state_dict({f"{name[node]}.{rest}": value for (node, rest), value in weights if node in name})
    x = example_for(graph)
    torch.testing.assert_close(before(x), after(x))


def test_nothing_is_left_to_simplify() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        once = random_dag(rng).simplified()
        assert once.simplified() == once


def test_dead_operations_go() -> None:
    ops = ["input", "conv", "relu", "max_pool", "sigmoid", "output"]
    graph = small_graph(ops, [(0, 1), (1, 2), (1, 5), (3, 4)], kernel={1: 5})
    smaller, kept = simplified_nodes(graph)
    assert smaller.ops == ("input", "conv", "output")
    assert kept.tolist() == [0, 1, 5]
    assert smaller.attr("kernel")[1] == 5


def test_inputs_and_constants_stay() -> None:
    graph = small_graph(["input", "input", "other", "add", "output"], [(0, 3), (2, 3), (3, 4)])
    assert graph.simplified() == graph


def test_identities_are_folded_one_after_the_other() -> None:
    ops = ["input", "identity", "dropout", "identity", "conv", "output"]
    graph = small_graph(ops, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)])
    assert graph.simplified().ops == ("input", "conv", "output")


def test_an_identity_that_passes_a_tensor_twice_stays() -> None:
    graph = small_graph(["input", "identity", "add", "output"], [(0, 1), (0, 2), (1, 2), (2, 3)])
    assert graph.simplified() == graph


def test_an_identity_that_orders_a_concatenation_stays() -> None:
    ops = ["input", "conv", "relu", "identity", "concat", "output"]
    ordered = small_graph(ops, [(0, 1), (0, 2), (1, 3), (2, 4), (3, 4), (4, 5)])
    assert ordered.simplified() == ordered
    free = small_graph(ops, [(0, 1), (0, 2), (2, 3), (1, 4), (3, 4), (4, 5)])
    assert free.simplified().ops == ("input", "conv", "relu", "concat", "output")


def test_a_zero_leaves_a_sum_and_takes_what_fed_it() -> None:
    ops = ["input", "conv", "relu", "zero", "identity", "add", "output"]
    graph = small_graph(ops, [(0, 1), (0, 2), (2, 3), (3, 4), (1, 5), (4, 5), (5, 6)])
    assert wiring(graph.simplified()) == [("input", []), ("conv", ["input"]), ("output", ["conv"])]


def test_zeros_go_through_what_keeps_them_zero() -> None:
    ops = ["input", "conv", "zero", "avg_pool", "batch_norm", "add", "output"]
    edges = [(0, 1), (0, 2), (2, 3), (2, 4), (1, 5), (3, 5), (4, 5), (5, 6)]
    smaller = small_graph(ops, edges).simplified()
    # a normalisation shifts zeros, so its path stays
    assert smaller.ops == ("input", "conv", "zero", "batch_norm", "add", "output")


def test_a_convolution_of_zeros_is_zero_only_without_bias() -> None:
    ops, edges = ["input", "relu", "zero", "conv", "add", "output"], [(0, 1), (0, 2), (2, 3), (1, 4), (3, 4), (4, 5)]
    assert small_graph(ops, edges, bias={3: 0}).simplified().ops == ("input", "relu", "output")
    assert small_graph(ops, edges, bias={3: 1}).simplified() == small_graph(ops, edges, bias={3: 1})


def test_an_output_that_sees_only_zeros_keeps_one_path() -> None:
    ops = ["input", "zero", "zero", "add", "output"]
    smaller = simplified(small_graph(ops, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]))
    assert wiring(smaller) == [("input", []), ("zero", ["input"]), ("output", ["zero"])]


def test_a_zero_that_widens_a_sum_stays() -> None:
    ops, edges = ["input", "conv", "zero", "add", "output"], [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]
    graph = small_graph(ops, edges, height={1: 1, 2: 8, 3: 8, 4: 8})
    assert graph.simplified() == graph

"""Direct links between operations, counted by hand."""

from __future__ import annotations

from archgraph.features.links import link_counts
from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from tests.graphs import small_graph

# conv and relu are summed; the sum goes to a relu and to the output
GRAPH = small_graph(
    ["input", "conv", "relu", "add", "relu", "add", "output"],
    [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5), (5, 6)],
)


def test_links_pass_through_merges() -> None:
    batch = GraphBatch.from_graphs([GRAPH, small_graph(["input", "conv", "output"], [(0, 1), (1, 2)])])
    tokens = Tokens.learn(batch)
    assert tokens.names == ("conv", "relu")
    after_input, before_output, between = link_counts(Slots.of(batch, tokens, 0, 2), tokens, pairs=True)
    assert after_input.T.tolist() == [[1, 1], [1, 0]]
    assert before_output.T.tolist() == [[1, 2], [1, 0]]
    assert between[..., 0].tolist() == [[0, 1], [0, 1]]
    assert not between[..., 1].any()


def test_pairs_are_optional() -> None:
    tokens = Tokens.learn(GRAPH.batch())
    assert link_counts(Slots.of(GRAPH.batch(), tokens, 0, 1), tokens, pairs=False)[2].shape == (0, 0, 1)

"""Operations that data flows through, by hand."""

from __future__ import annotations

import numpy as np

from archgraph.features.graph_features import GraphFeatures
from archgraph.features.reach import REACHES, reached
from archgraph.features.slots import Slots
from archgraph.features.tokens import Tokens
from archgraph.graph import GraphBatch
from archgraph.spaces import space
from tests.graphs import small_graph

# the relu (2) gets nothing, the pool (3) is for nothing, the second relu (4) is on the only path
LOOSE = small_graph(
    ["input", "conv", "relu", "max_pool", "relu", "output"],
    [(0, 1), (1, 3), (1, 4), (2, 4), (4, 5)],
)
WHOLE = small_graph(["input", "conv", "relu", "output"], [(0, 1), (1, 2), (2, 3)])


def test_what_is_fed_needed_and_used() -> None:
    batch = GraphBatch.from_graphs([LOOSE, WHOLE])
    tokens = Tokens.learn(batch)
    found = {name: nodes.T.tolist() for name, nodes in reached(Slots.of(batch, tokens, 0, 2), tokens).items()}
    assert found["fed"][0] == [True, True, False, True, True, True]
    assert found["needed"][0] == [True, True, True, False, True, True]
    assert found["used"][0] == [True, True, False, False, True, True]
    assert found["used"][1] == [True, True, True, False, False, True]


def test_features_count_them_only_where_some_are_not_used() -> None:
    cells = space("nb201")
    genotypes = cells.sample(300, np.random.default_rng(0))
    whole = GraphFeatures().fit(cells.graphs(genotypes)).get_feature_names_out()
    assert not {name.split()[0] for name in whole} & set(REACHES)
    features = GraphFeatures().fit(cells.written_graphs(genotypes))
    # one 3x3 convolution of nothing, two on the only path
    cut = cells.parse("|none~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_3x3~2|")
    names, row = features.get_feature_names_out(), features.transform(cells.written_graphs([cut]))[0]
    found = dict(zip(names.tolist(), row.tolist(), strict=True))
    convolutions = [found[f"{kind} conv_norm_act(kernel=3)"] for kind in ("count", "fed", "needed", "used")]
    assert convolutions == [3, 2, 3, 2]

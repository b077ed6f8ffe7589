"""Numbers that come with graphs, as ranks among the training graphs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from archgraph.features import GraphFeatures
from archgraph.features.given import Given
from archgraph.graph import GraphBatch
from archgraph.spaces import space


@pytest.fixture
def cells() -> GraphBatch:
    return space("nb201").graphs(space("nb201").sample(5, np.random.default_rng(0)))


def test_ranks_by_hand(cells: GraphBatch) -> None:
    given = Given.learn(cells.with_columns({"snip": [1, 10, 10, 1e6, np.nan]}))
    # four known values stand at 0, 1/3, 2/3 and 1; the two equal ones share their middle
    ranks = given.ranks(cells.with_columns({"snip": [1, 10, 1e9, np.nan, 5.5]}), "snip")
    assert ranks == pytest.approx([0, 0.5, 1, 0.5, 0.25])
    assert given.ranks(cells.with_columns({"snip": [-np.inf, np.inf, 0, 0, 0]}), "snip")[:2].tolist() == [0, 1]


def test_many_values_are_kept_as_quantiles() -> None:
    many = space("nb201").graphs(space("nb201").sample(2000, np.random.default_rng(0)))
    values = np.random.default_rng(1).lognormal(sigma=5, size=2000)
    given = Given.learn(many.with_columns({"zen": values}))
    assert len(given.quantiles["zen"]) == 257
    ranks = given.ranks(many.with_columns({"zen": values}), "zen")
    assert ranks == pytest.approx(np.argsort(np.argsort(values)) / 1999, abs=0.005)


def test_what_nobody_knows_is_left_out(cells: GraphBatch) -> None:
    assert Given.learn(cells.with_columns({"snip": np.full(5, np.nan)})).quantiles == {}


def test_features_hold_them_by_name(cells: GraphBatch) -> None:
    graphs = cells.with_columns({"synflow": [3, 1, 2, 5, 4]})
    features = GraphFeatures().fit(graphs)
    column = list(features.get_feature_names_out()).index("synflow")
    assert features.transform(graphs)[:, column] == pytest.approx([0.5, 0, 0.25, 1, 0.75])
    copy = GraphFeatures.from_state(json.loads(json.dumps(features.state())))
    assert np.array_equal(copy.transform(graphs), features.transform(graphs))
    with pytest.raises(ValueError, match="graphs must have the column 'synflow', as those in training had"):
        features.transform(cells)

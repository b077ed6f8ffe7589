"""What Gaussian processes compare: standardised features, and indicators of settings' values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from archgraph.features import GraphFeatures
from archgraph.predictors.gp_inputs import LEVELS_EXPECTED, Inputs
from archgraph.spaces import space


def test_settings_have_an_indicator_for_each_value() -> None:
    mbv3 = space("mbv3")
    graphs = mbv3.graphs(mbv3.sample(60, np.random.default_rng(0)))
    features = GraphFeatures().fit(graphs)
    x = features.transform(graphs)
    inputs = Inputs.learn(features, x)
    names = features.get_feature_names_out()
    kernels = [value for column, value in inputs.levels if names[column] == "position 0 kernel"]
    assert kernels == [3, 5, 7]
    given = inputs(x)
    assert given.shape == (60, x.shape[1] + len(inputs.levels))
    column = list(names).index("position 0 kernel")
    first = x.shape[1] + inputs.levels.index((column, 3))
    # two values of a standardised indicator, the larger where the kernel is 3
    assert len(np.unique(given[:, first])) == 2
    assert np.array_equal(given[:, first] > 0, x[:, column] == 3)
    expected = inputs.expected
    assert expected[: x.shape[1]].tolist() == [0] * x.shape[1]
    assert set(expected[x.shape[1] :]) == {LEVELS_EXPECTED}
    copy = Inputs.from_state(json.loads(json.dumps(inputs.state())))
    assert np.array_equal(copy(x), given)


def test_without_settings_at_places_there_are_the_features_alone(cells: Any) -> None:
    features = GraphFeatures().fit(cells.graphs[:50])
    x = features.transform(cells.graphs[:50])
    inputs = Inputs.learn(features, x)
    assert inputs.levels == ()
    assert np.array_equal(inputs(x), inputs.scale(x))

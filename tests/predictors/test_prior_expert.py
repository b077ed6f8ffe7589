"""What one table teaches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.features.common_features import FEW
from archgraph.graph import GraphBuilder
from archgraph.graph.batch import GraphBatch
from archgraph.graph.vocabulary import OP_CODE, OPS
from archgraph.predictors.prior_expert import Expert, Lesson, op_mix


def test_the_mix_leaves_terminals_and_merges_out() -> None:
    net = GraphBuilder()
    x = net.input(8, 4, 4)
    net.output(net.add("add", [net.add("relu", [x]), net.add("relu", [x]), net.add("identity", [x])]))
    mix = op_mix(GraphBatch.from_graphs([net.graph()]))
    assert mix.sum() == pytest.approx(1)
    assert mix[OP_CODE["relu"]] == pytest.approx(2 / 3)
    assert mix[OP_CODE["identity"]] == pytest.approx(1 / 3)


def test_likeness_by_hand(cells: Any) -> None:
    expert = Expert.learn("cells", cells.graphs[:40], cells.accuracy[:40], seed=0)
    assert expert.likeness(expert.mix) == pytest.approx(1)
    half = np.zeros(len(OPS))
    half[OP_CODE["gelu"]] = 1
    assert expert.likeness(half) == 0
    # half of it shared: 1/2 of 3/2
    assert expert.likeness((half + expert.mix) / 2) == pytest.approx(1 / 3)


def test_moments_are_correlations(cells: Any) -> None:
    expert = Expert.learn("cells", cells.graphs, cells.accuracy, seed=0)
    assert expert.moments.shape == (len(FEW), len(FEW) + 1)
    assert np.diag(expert.moments) == pytest.approx(1)
    assert np.all(np.abs(expert.moments) <= 1 + 1e-9)
    # more layers with weights make the cells of these tests better
    assert expert.moments[FEW.index("count weighted"), -1] > 0.5


def test_a_sample_is_oriented_and_capped(cells: Any) -> None:
    lesson = Lesson("cells", cells.graphs, cells.latency, "min")
    batch, y = lesson.sample(50, np.random.default_rng(0))
    assert len(batch) == len(y) == 50
    assert np.all(y < 0)
    assert len(lesson.sample(1000, np.random.default_rng(0))[1]) == 240


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"goal": "up"}, "goal of cells must be 'max' or 'min', but is 'up'"),
        ({"y": [1.0] * 3}, "y of cells must have 240 values, but has 3"),
        ({"y": [float("nan")] * 240}, "y of cells must be finite"),
    ],
)
def test_what_cannot_be_learned_from(cells: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Lesson("cells", cells.graphs, cells.accuracy)._replace(**change).sample(50, np.random.default_rng(0))


def test_too_few_rows(cells: Any) -> None:
    with pytest.raises(ValueError, match="cells must have at least 32 rows to learn from, but has 31"):
        Lesson("cells", cells.graphs[:31], cells.accuracy[:31]).sample(50, np.random.default_rng(0))

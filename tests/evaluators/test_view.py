"""What predictors are shown of genotypes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.evaluators import Predicted, View
from archgraph.graph import GraphBatch
from archgraph.latency import OperatorSum, OperatorTimes
from archgraph.predictors import ForestPredictor, load_predictor
from archgraph.spaces import space
from tests.devices import Priced

CELLS, GNN = space("nb201"), space("gnn")
GENOTYPES = CELLS.sample_distinct(24, np.random.default_rng(0))
DEAD = [0, 0, 3, 3, 0, 0]
"""A cell with a convolution that nothing leads to."""


def sums() -> OperatorSum:
    from archgraph.latency import operator_networks

    networks = operator_networks(CELLS.network(row) for row in GENOTYPES)
    return OperatorSum(OperatorTimes({text: Priced().milliseconds(make()) for text, make in networks.items()}))


def test_graphs_are_plain_unless_told() -> None:
    assert_same(View().graphs(CELLS, [DEAD]), CELLS.graphs([DEAD]))
    assert_same(View(as_written=True).graphs(CELLS, [DEAD]), CELLS.written_graphs([DEAD]))
    assert len(CELLS.graphs([DEAD])[0].ops) < len(CELLS.written_graphs([DEAD])[0].ops)


def test_sums_are_beside_the_graphs() -> None:
    told = sums()
    found = View(operators=told).graphs(CELLS, GENOTYPES)
    assert_same(found, CELLS.graphs(GENOTYPES))
    np.testing.assert_array_equal(found.columns["operators_ms"], told.operators_ms(CELLS, GENOTYPES))
    with pytest.raises(ValueError, match="describes no full network"):
        View(operators=told).graphs(GNN, GNN.sample(1, np.random.default_rng(0)))


@pytest.mark.parametrize("as_written", [False, True])
def test_a_file_keeps_it(tmp_path: Path, as_written: bool) -> None:
    view = View(as_written, sums())
    model = ForestPredictor(seed=0).fit(view.graphs(CELLS, GENOTYPES), np.arange(24.0))
    assert View.of(model) == View()
    view.keep_in(model)
    model.save(tmp_path / "m.agp")
    copy = load_predictor(tmp_path / "m.agp")
    kept = View.of(copy)
    assert kept is View.of(model)
    assert kept.as_written is as_written
    assert kept.operators is not None
    np.testing.assert_array_equal(kept.columns(CELLS, [DEAD])["operators_ms"], sums().operators_ms(CELLS, [DEAD]))
    expected = copy.predict(view.graphs(CELLS, GENOTYPES))
    found = Predicted(CELLS, {"ms": copy, "again": model}).evaluate(GENOTYPES)
    assert found["ms"].tolist() == found["again"].tolist() == expected.tolist()
    View().keep_in(copy)
    copy.save(tmp_path / "plain.agp")
    assert View.of(load_predictor(tmp_path / "plain.agp")) == View()
    with pytest.raises(ValueError, match="graphs must have the column 'operators_ms'"):
        Predicted(CELLS, {"ms": copy}).evaluate(GENOTYPES)


def test_damage_is_told() -> None:
    model = ForestPredictor(seed=0)
    model.view = {"as_written": True}
    with pytest.raises(ValueError, match="the view that the predictor keeps is damaged: 'operators'"):
        View.of(model)


def assert_same(one: GraphBatch, other: GraphBatch) -> None:
    assert one.fingerprints().tolist() == other.fingerprints().tolist()

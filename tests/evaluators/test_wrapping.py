from __future__ import annotations

from typing import Any

import numpy as np

from archgraph.bench.remembered import Remembered
from archgraph.data import ArchTable
from archgraph.evaluators import Evaluation, Only, Tabular, Wrapping
from archgraph.spaces import SearchSpace, space


class Passing(Wrapping):
    def evaluate(self, genotypes: Any) -> Evaluation:
        return self.evaluator.evaluate(genotypes)


def half_known(nb201: SearchSpace) -> Tabular:
    rows = nb201.sample_distinct(8, np.random.default_rng(0))
    return Tabular(ArchTable(nb201, rows, {"acc": np.arange(8.0), "ms": np.r_[np.full(5, np.nan), np.ones(3)]}))


def test_what_holds_of_one_holds_of_who_passes_it_on() -> None:
    nb201 = space("nb201")
    table = half_known(nb201)
    table.clocks = True
    for wrapped in (Passing(table), Remembered(nb201, table), Only(table, ["acc", "ms"])):
        assert (wrapped.name, wrapped.columns, wrapped.clocks) == ("table", ("acc", "ms"), True)
        for columns, rows in ((["acc"], 8), (["ms"], 3), (["acc", "ms"], 3), (["acc", "macs"], 8)):
            known = wrapped.answerable_for(columns)
            assert known is not None
            assert len(known) == rows

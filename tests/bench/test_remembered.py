"""Truths that are asked once for each architecture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from archgraph.bench.remembered import Remembered
from archgraph.evaluators import Costs, Evaluation, Evaluator, evaluate_each
from archgraph.spaces import space
from archgraph.typing import IntArray


class Sums(Evaluator):
    """Sums of genes; odd ones fail."""

    name, columns = "sums", ("total",)

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        return evaluate_each(self.columns, space("nb201").check(genotypes), self._sum)

    def _sum(self, genotype: IntArray) -> dict[str, float]:
        self.asked.append(genotype.tolist())
        if genotype.sum() % 2:
            raise ValueError("it is odd")
        return {"total": float(genotype.sum())}


def test_each_is_asked_once_and_answered_in_order() -> None:
    sums = Sums()
    remembered = Remembered(space("nb201"), sums)
    first, second, odd = [1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2], [3, 2, 2, 2, 2, 2]
    assert remembered.evaluate([first, second, first])["total"].tolist() == [6, 12, 6]
    found = remembered.evaluate([odd, second, first, odd])
    assert found["total"][1:3].tolist() == [12, 6]
    assert np.isnan(found["total"][[0, 3]]).all()
    assert "it is odd" in found.reasons[0]
    assert found.reasons[0] == found.reasons[3]
    assert sums.asked == [first, second, odd]


def test_it_answers_as_the_other_does() -> None:
    nb201 = space("nb201")
    costs = Costs(nb201)
    remembered = Remembered(nb201, costs)
    genotypes = nb201.sample(40, np.random.default_rng(0))
    for rows in (genotypes[:25], genotypes, genotypes[:0]):
        found, truth = remembered.evaluate(rows), costs.evaluate(rows)
        assert found.keys() == truth.keys()
        assert all(np.array_equal(found[column], truth[column]) for column in truth)
    assert (remembered.name, remembered.columns) == (costs.name, costs.columns)

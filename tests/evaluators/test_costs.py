import numpy as np
import pytest

from archgraph.evaluators import Costs
from archgraph.graph import GraphBatch
from archgraph.spaces import SearchSpace, Variable, space


def test_answers_with_the_costs_of_the_full_network() -> None:
    nb201 = space("nb201")
    genotypes = nb201.sample(5, np.random.default_rng(0))
    found = Costs(nb201).evaluate(genotypes)
    for row, genotype in enumerate(genotypes):
        for column, value in nb201.network(genotype).costs().items():
            assert found[column][row] == value
    assert found.reasons == {}


def test_a_space_without_networks_says_so_at_once() -> None:
    class Bare(SearchSpace):
        name = "bare"
        variables = (Variable("x", (1, 2)),)

        def graphs(self, genotypes: object) -> GraphBatch:
            raise NotImplementedError

    with pytest.raises(ValueError, match="'bare' describes no full network"):
        Costs(Bare())

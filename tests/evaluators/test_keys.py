import numpy as np
import pytest

from archgraph.evaluators import first_of_each, genotype_keys
from archgraph.evaluators.keys import find
from archgraph.graph import GraphBatch
from archgraph.spaces import SearchSpace, Variable, space


class Grid(SearchSpace):
    """Only genes, no graphs."""

    def __init__(self, genes: int, choices: int) -> None:
        self.name = "grid"
        self.variables = tuple(Variable(f"gene{gene}", tuple(range(choices))) for gene in range(genes))

    def graphs(self, genotypes: object) -> GraphBatch:
        raise NotImplementedError


@pytest.mark.parametrize(("genes", "choices"), [(3, 4), (40, 5), (30, 300)])
def test_equal_exactly_where_the_genotypes_are(genes: int, choices: int) -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(0, choices, size=(60, genes))
    # Zeros at the end, which fixed-length bytes pad with, and rows that differ in one gene only.
    rows[20:40, genes // 2 :] = 0
    rows[40:] = rows[:20]
    rows[40:50, -1] = (rows[40:50, -1] + 1) % choices
    keys = genotype_keys(Grid(genes, choices), rows)
    assert keys.shape == (60,)
    same = (rows[:, None] == rows[None]).all(axis=2)
    assert ((keys[:, None] == keys[None]) == same).all()


def test_small_spaces_count_in_integers() -> None:
    assert genotype_keys(Grid(2, 10), [[3, 0], [0, 1]]).tolist() == [3, 10]
    assert genotype_keys(Grid(63, 2), np.ones((1, 63), int)).dtype.kind == "S"


def test_inactive_genes_do_not_matter() -> None:
    # Without its first edge no path uses the cell's second tensor, so edges out of it change nothing.
    keys = genotype_keys(space("nb201"), [[0, 0, 0, 1, 0, 0], [0, 0, 2, 1, 3, 0], [1, 0, 2, 1, 3, 0]])
    assert keys[0] == keys[1]
    assert keys[1] != keys[2]


def test_first_of_each_and_find() -> None:
    keys = np.array([5, 3, 5, 3, 9])
    assert first_of_each(keys).tolist() == [True, True, False, False, True]
    assert find(np.array([3, 5, 9]), np.array([9, 4, 3, 99])).tolist() == [2, -1, 0, -1]
    assert find(np.array([], dtype=int), np.array([1])).tolist() == [-1]

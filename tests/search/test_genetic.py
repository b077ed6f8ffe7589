import numpy as np
import pytest

from archgraph.objectives import Objective
from archgraph.search import NSGA2Searcher, UNSGA3Searcher
from archgraph.search.genetic import GeneticSearcher, fittest
from archgraph.spaces import space

GOALS = (Objective("acc", "max"), Objective("ms", "min"))


@pytest.mark.parametrize("kind", [NSGA2Searcher, UNSGA3Searcher])
def test_a_generation_is_the_population_and_children_come_of_parents(kind: type[GeneticSearcher]) -> None:
    nb201 = space("nb201")
    searcher = kind(nb201, GOALS, population=12)
    assert searcher.batch == 12
    # Parents that agree in half of the genes have children that mostly do; at random a fifth would.
    parents = nb201.canonical(np.concatenate([np.tile([3, 3, 3], (12, 1)), np.arange(36).reshape(12, 3) % 5], axis=1))
    parents = np.unique(parents, axis=0)
    rng = np.random.default_rng(0)
    searcher.tell(parents, rng.random((len(parents), 2)))
    searcher.tell(nb201.sample_distinct(8, rng), np.full((8, 2), np.nan))
    children = searcher.ask(20)
    assert (children[:, :3] == 3).mean() > 0.45


def test_the_fittest_are_the_first_fronts_and_of_the_last_the_ends() -> None:
    points = np.array([[0.0, 4], [1, 3], [1.1, 2.9], [2, 2], [4, 0], [5, 5], [-1, -1], [-2, np.nan]])
    violations = np.array([0, 0, 0, 0, 0, 0, 0.5, 0])
    rng = np.random.default_rng(0)
    assert sorted(fittest(points, violations, 2, rng)) == [0, 4]
    assert sorted(fittest(points, violations, 6, rng)) == [0, 1, 2, 3, 4, 5]
    assert sorted(fittest(points, violations, 9, rng)) == [0, 1, 2, 3, 4, 5, 6]


def test_the_fittest_of_one_objective_and_of_many_rows() -> None:
    rng = np.random.default_rng(0)
    single = rng.random((30_000, 1))
    assert sorted(fittest(single, np.zeros(30_000), 5, rng)) == sorted(np.argsort(single[:, 0])[:5])
    pair = rng.random((30_000, 2))
    assert len(fittest(pair, np.zeros(30_000), 50, rng)) == 50
    assert len(fittest(pair, np.full(30_000, np.inf), 50, rng)) == 0

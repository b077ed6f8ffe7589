import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective
from archgraph.search import EvolutionSearcher
from archgraph.spaces import space

ACC, MS = Objective("acc", "max"), Objective("ms", "min")


def worth(genotypes: np.ndarray) -> dict[str, np.ndarray]:
    return {"acc": genotypes.sum(axis=1).astype(float), "ms": genotypes[:, 0].astype(float)}


def run(searcher: EvolutionSearcher, rounds: int) -> np.ndarray:
    asked = []
    for _ in range(rounds):
        asked.append(searcher.ask(searcher.batch))
        searcher.tell(asked[-1], worth(asked[-1]))
    return np.concatenate(asked)


def test_the_first_population_is_asked_at_once_then_one_child_after_the_other() -> None:
    searcher = EvolutionSearcher(space("mbv3"), [ACC], population=7)
    assert [len(run(searcher, 1)) for _ in range(3)] == [7, 1, 1]


def test_children_differ_from_the_best_of_a_whole_tournament_in_one_gene() -> None:
    nb201 = space("nb201")
    searcher = EvolutionSearcher(nb201, [ACC], population=8, tournament=8)
    parents = run(searcher, 1)
    best = parents[np.argmax(worth(parents)["acc"])]
    for child in searcher.ask(6):
        near = nb201.canonical(nb201.neighbours(best))
        assert child.tolist() in near.tolist()


def test_the_oldest_dies_even_if_it_is_the_best() -> None:
    nb201 = space("nb201")
    searcher = EvolutionSearcher(nb201, [ACC], population=3)
    rows = nb201.sample_distinct(5, np.random.default_rng(0))
    searcher.tell(rows, np.array([9.0, 8.0, 3.0, np.nan, 1.0]))
    assert searcher.state()["told"]["values"]["acc"] == [8, 3, 1]


def test_climbs_to_the_best() -> None:
    asked = run(EvolutionSearcher(space("nb201"), [ACC], population=10, tournament=5), 150)
    assert asked.sum(axis=1).max() >= 23


def test_constraints_come_before_objectives() -> None:
    bound = Constraint("ms", "<=", 0.0)
    asked = run(EvolutionSearcher(space("nb201"), [ACC, MS], [bound], population=10, tournament=5), 60)
    assert (worth(asked[-20:])["ms"] == 0).mean() > 0.7


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="population must be at least 2, but is 1"):
        EvolutionSearcher(space("nb201"), [ACC], population=1)
    with pytest.raises(ValueError, match="tournament must be a whole number at least 1, but is 0"):
        EvolutionSearcher(space("nb201"), [ACC], tournament=0)

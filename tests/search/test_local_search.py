import numpy as np
import pytest

from archgraph.objectives import Objective, non_dominated
from archgraph.search import LocalSearcher
from archgraph.spaces import space
from archgraph.testing.searcher import SmallChains
from archgraph.testing.searcher import worth as chain_worth

ACC, MS = Objective("acc", "max"), Objective("ms", "min")


def worth(genotypes: np.ndarray) -> dict[str, np.ndarray]:
    return {"acc": genotypes.sum(axis=1).astype(float)}


def step(searcher: LocalSearcher) -> np.ndarray:
    asked = searcher.ask(searcher.batch)
    searcher.tell(asked, worth(asked))
    return asked


def test_asks_for_neighbours_of_the_best_and_moves_to_a_better_one_at_once() -> None:
    nb201 = space("nb201")
    searcher = LocalSearcher(nb201, [ACC], population=4, seed=1)
    first = step(searcher)
    assert len(first) == 4
    centre = first[np.argmax(worth(first)["acc"])]
    moves = 0
    for _ in range(30):
        asked = step(searcher)
        assert len(asked) == 1
        assert asked[0].tolist() in nb201.canonical(nb201.neighbours(centre)).tolist()
        if worth(asked)["acc"][0] > centre.sum():
            centre, moves = asked[0], moves + 1
    assert moves > 2


def test_begins_anew_at_a_local_optimum() -> None:
    nb201 = space("nb201")
    searcher = LocalSearcher(nb201, [ACC], population=3)
    best = np.full((1, 6), 4)
    near = nb201.canonical(nb201.neighbours(best[0]))
    searcher.tell(np.concatenate([best, near]), worth(np.concatenate([best, near])))
    assert searcher.state()["to_start"] == 0
    asked = [step(searcher) for _ in range(4)]
    assert [len(rows) for rows in asked] == [1, 2, 1, 1]
    begun = np.concatenate(asked[:2])
    centre = begun[np.argmax(worth(begun)["acc"])]
    assert asked[2][0].tolist() in nb201.canonical(nb201.neighbours(centre)).tolist()


def test_of_two_objectives_the_neighbours_of_the_whole_front_are_asked_for() -> None:
    chains = SmallChains()
    searcher = LocalSearcher(chains, [Objective("score", "max"), Objective("time", "min")], population=2)
    asked = searcher.ask(2)
    searcher.tell(asked, chain_worth(asked))
    centres = set()
    for _ in range(80):
        found = chain_worth(asked)
        front = asked[non_dominated(np.stack([-found["score"], found["time"]], axis=1))]
        more = searcher.ask(1)
        near = [tuple(row) for row in front.tolist() if more[0].tolist() in _near(chains, row)]
        if not near:
            # Another climb begins once all neighbours are known, and not before.
            known = {tuple(row) for row in asked.tolist()}
            assert all(tuple(each) in known for row in front.tolist() for each in _near(chains, row))
            break
        centres |= set(near)
        searcher.tell(more, chain_worth(more))
        asked = np.concatenate([asked, more])
    assert len(asked) < 80
    assert len(centres) > 10


def _near(chains: SmallChains, row: list[int]) -> list[list[int]]:
    near: list[list[int]] = chains.canonical(chains.neighbours(row)).tolist()
    return near


def test_a_population_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="population must be a whole number at least 1, but is 0"):
        LocalSearcher(space("nb201"), [ACC], population=0)

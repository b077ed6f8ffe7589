import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective
from archgraph.search import LinasSearcher, NSGA2Searcher, UNSGA3Searcher
from archgraph.spaces import space

GOALS = (Objective("acc", "max"), Objective("ms", "min"))


def worth(genotypes: np.ndarray) -> dict[str, np.ndarray]:
    good, slow = np.random.default_rng(0).random((2, genotypes.shape[1]))
    return {"acc": 50 + np.sqrt(genotypes) @ good, "ms": 1 + genotypes @ slow}


def begun(**options: object) -> tuple[LinasSearcher, np.ndarray]:
    goals = options.pop("goals", GOALS)
    searcher = LinasSearcher(space("nb201"), goals, **{"population": 20, "candidates": 400} | options)
    first = searcher.ask(searcher.batch)
    searcher.tell(first, worth(first))
    return searcher, first


def test_the_second_round_is_of_what_is_predicted_best() -> None:
    searcher, first = begun(goals=GOALS[:1], candidates=1000)
    second = searcher.ask(searcher.batch)
    assert len(first) == len(second) == 20
    assert worth(second)["acc"].min() > np.median(worth(first)["acc"])


def test_a_round_may_be_asked_for_in_parts() -> None:
    whole, parts = begun()[0], begun()[0]
    taken = []
    for size in (7, 7, 6):
        assert parts.batch == 20 - sum(map(len, taken))
        taken.append(parts.ask(size))
    assert np.concatenate(taken).tolist() == whole.ask(20).tolist()


def test_constraints_are_predicted_too() -> None:
    first = begun()[1]
    bound = Constraint("ms", "<=", float(np.quantile(worth(first)["ms"], 0.2)))
    searcher = begun(goals=GOALS[:1], constraints=[bound])[0]
    asked = searcher.ask(20)
    assert (worth(asked)["ms"] <= bound.limit).mean() > 0.6


def test_more_than_two_objectives_are_searched_along_reference_directions() -> None:
    searcher = begun()[0]
    assert type(searcher._inner()) is NSGA2Searcher
    searcher = LinasSearcher(space("nb201"), (*GOALS, Objective("size", "min")), population=20, candidates=200)
    for _ in range(2):
        asked = searcher.ask(20)
        searcher.tell(asked, worth(asked) | {"size": asked[:, 0] + 1.0})
    assert len(asked) == 20
    assert type(searcher._inner()) is UNSGA3Searcher


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="population must be at least 2, but is 1"):
        begun(population=1)
    with pytest.raises(ValueError, match="candidates must be at least the population, 20, but are 10"):
        begun(candidates=10)

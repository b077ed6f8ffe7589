import json
from collections.abc import Callable

import numpy as np
import pytest

from archgraph.evaluators import genotype_keys
from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search import ExhaustiveSearcher, NSGA2Searcher, RandomSearcher, Searcher
from archgraph.spaces import SearchSpace, space

OBJECTIVES = (Objective("acc", "max"), Objective("ms", "min"))
MAKERS: dict[str, Callable[[SearchSpace, int], Searcher]] = {
    "random": lambda where, seed: RandomSearcher(where, OBJECTIVES, seed=seed),
    "exhaustive": lambda where, seed: ExhaustiveSearcher(where, OBJECTIVES, seed=seed),
    "nsga2": lambda where, seed: NSGA2Searcher(where, OBJECTIVES, population=20, seed=seed),
    "nsga2 constrained": lambda where, seed: NSGA2Searcher(
        where, OBJECTIVES, [Constraint("ms", "<=", 6.0)], population=20, seed=seed
    ),
}


def worth(genotypes: np.ndarray) -> dict[str, np.ndarray]:
    return {"acc": np.sqrt(genotypes).sum(axis=1), "ms": genotypes.sum(axis=1).astype(float)}


def advance(searcher: Searcher, rounds: int) -> list[list[int]]:
    asked: list[list[int]] = []
    for _ in range(rounds):
        genotypes = searcher.ask(20)
        searcher.tell(genotypes, worth(genotypes))
        asked += genotypes.tolist()
    return asked


@pytest.mark.parametrize("name", MAKERS)
def test_asks_for_canonical_genotypes_and_none_twice(name: str) -> None:
    nb201 = space("nb201")
    asked = np.array(advance(MAKERS[name](nb201, 0), 15))
    assert asked.shape == (300, 6)
    assert (nb201.canonical(asked) == asked).all()
    assert len(np.unique(genotype_keys(nb201, asked))) == 300


@pytest.mark.parametrize("name", MAKERS)
def test_never_asks_for_what_it_was_told(name: str) -> None:
    nb201 = space("nb201")
    searcher = MAKERS[name](nb201, 0)
    told = nb201.sample_distinct(500, np.random.default_rng(1))
    searcher.tell(told, worth(told))
    asked = np.array(advance(searcher, 10))
    assert not set(genotype_keys(nb201, asked)) & set(genotype_keys(nb201, told))


@pytest.mark.parametrize("name", MAKERS)
def test_the_seed_decides(name: str) -> None:
    nb201 = space("nb201")
    one, same, other = (advance(MAKERS[name](nb201, seed), 5) for seed in (0, 0, 1))
    assert one == same
    if name != "exhaustive":
        assert one != other


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("rounds", [0, 1, 6])
def test_a_restored_searcher_goes_on_the_same(name: str, rounds: int) -> None:
    nb201 = space("nb201")
    whole = MAKERS[name](nb201, 3)
    before = advance(whole, rounds)
    state = json.loads(json.dumps(whole.state(), allow_nan=False))
    restored = MAKERS[name](nb201, 99)
    restored.restore(state, np.array(before, dtype=int).reshape(-1, 6))
    assert advance(whole, 5) == advance(restored, 5)


@pytest.mark.parametrize("name", MAKERS)
def test_takes_arrays_and_failures(name: str) -> None:
    searcher = MAKERS[name](space("nb201"), 0)
    genotypes = searcher.ask(30)
    values = np.stack(list(worth(genotypes).values()), axis=1)
    values[::2, 0] = np.nan
    values[1, 1] = np.inf
    searcher.tell(genotypes, values)
    assert len(searcher.ask(30)) == 30


@pytest.mark.parametrize("name", MAKERS)
def test_ends_when_the_space_does(name: str) -> None:
    class Tiny(SearchSpace):
        name = "tiny"
        variables = space("nb201").variables[:2]

        def graphs(self, genotypes: object) -> object:
            raise NotImplementedError

    searcher = MAKERS[name](Tiny(), 0)
    asked: list[list[int]] = []
    while len(genotypes := searcher.ask(7)):
        searcher.tell(genotypes, worth(genotypes))
        asked += genotypes.tolist()
    assert sorted(asked) == [[one, two] for one in range(5) for two in range(5)]


def test_wrong_values_are_refused() -> None:
    searcher = MAKERS["random"](space("nb201"), 0)
    genotypes = searcher.ask(3)
    with pytest.raises(UnknownNameError, match="Unknown column 'ms'"):
        searcher.tell(genotypes, {"acc": np.zeros(3)})
    with pytest.raises(ValueError, match="values must have 3 rows"):
        searcher.tell(genotypes, {"acc": np.zeros(2), "ms": np.zeros(2)})
    with pytest.raises(ValueError, match="values must have 2 columns, but have 3"):
        searcher.tell(genotypes, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="n must be a whole number at least 1"):
        searcher.ask(0)


def test_wrong_objectives_are_refused() -> None:
    for objectives in ((), (OBJECTIVES[0], OBJECTIVES[0])):
        with pytest.raises(ValueError, match="objectives must be of at least one column and none twice"):
            RandomSearcher(space("nb201"), objectives)


def test_a_pool_is_given_first_and_is_not_empty() -> None:
    nb201 = space("nb201")
    searcher = RandomSearcher(nb201, OBJECTIVES, seed=1)
    with pytest.raises(ValueError, match="pool must hold at least one genotype, but is empty"):
        searcher.confine(np.empty((0, 6), dtype=int))
    assert searcher.confine([[0] * 6]).confine(None).pool is None
    pool = searcher.confine([[0] * 6, [0] * 6, [1] * 6]).pool
    assert pool is not None
    assert pool.tolist() == [[0] * 6, [1] * 6]
    assert len(searcher.ask(9)) == 2
    with pytest.raises(ValueError, match="must be confined before anything is asked or told"):
        searcher.confine(None)

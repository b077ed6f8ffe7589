import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective, hypervolume
from archgraph.search import NSGA2Searcher, RandomSearcher, Searcher
from archgraph.spaces import space

OBJECTIVES = (Objective("acc", "max"), Objective("ms", "min"))


def worth(genotypes: np.ndarray) -> dict[str, np.ndarray]:
    """Both grow with the genes, but not in the same way: a front of many genotypes."""
    rng = np.random.default_rng(0)
    good, slow = rng.random((2, genotypes.shape[1]))
    return {"acc": np.sqrt(genotypes) @ good, "ms": genotypes @ slow}


def run(searcher: Searcher, rounds: int = 20, size: int = 50) -> tuple[np.ndarray, np.ndarray]:
    asked, points = [], []
    for _ in range(rounds):
        genotypes = searcher.ask(size)
        values = worth(genotypes)
        searcher.tell(genotypes, values)
        asked.append(genotypes)
        points.append(np.stack([-values["acc"], values["ms"]], axis=1))
    return np.concatenate(asked), np.concatenate(points)


def test_finds_a_better_front_than_random_search() -> None:
    mbv3 = space("mbv3")
    held = [
        hypervolume(run(searcher)[1], [-5.0, 30.0])
        for searcher in (NSGA2Searcher(mbv3, OBJECTIVES, population=50, seed=0), RandomSearcher(mbv3, OBJECTIVES))
    ]
    assert held[0] > 1.2 * held[1]


def test_one_objective_climbs_to_the_best() -> None:
    nb201 = space("nb201")
    searcher = NSGA2Searcher(nb201, OBJECTIVES[:1], population=20, seed=0)
    asked, _ = run(searcher, rounds=25, size=20)
    # Every gene at its largest choice is best; 500 of 9,445 architectures are seen.
    assert [4] * 6 in asked.tolist()


def test_constraints_lead_the_population_to_what_keeps_them() -> None:
    mbv3 = space("mbv3")
    cheap = float(np.percentile(worth(mbv3.sample(2000, np.random.default_rng(0)))["ms"], 0.05))
    searcher = NSGA2Searcher(mbv3, OBJECTIVES[:1], [Constraint("ms", "<=", cheap)], population=50, seed=0)
    asked, _ = run(searcher)
    kept = worth(asked)["ms"] <= cheap
    # Fewer than one in a thousand random architectures keep it.
    assert kept[:50].mean() < 0.1
    assert kept[-100:].mean() > 0.5


def test_bounds_of_objectives_constrain_too() -> None:
    searcher = NSGA2Searcher(space("nb201"), [Objective("acc", "max"), Objective("ms", "min", 3.0)])
    assert searcher.constraints == (Constraint("ms", "<=", 3.0),)


def test_failures_are_no_parents() -> None:
    nb201 = space("nb201")
    searcher = NSGA2Searcher(nb201, OBJECTIVES, population=4, seed=0)
    genotypes = searcher.ask(8)
    values = worth(genotypes)
    values["ms"][:4] = np.nan
    searcher.tell(genotypes, values)
    parents = searcher.state()["population"]["X"]
    assert sorted(parents) == sorted(genotypes[4:].tolist())


def test_population_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="population must be at least 2"):
        NSGA2Searcher(space("nb201"), OBJECTIVES, population=1)

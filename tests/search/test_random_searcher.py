import numpy as np

from archgraph.evaluators import genotype_keys
from archgraph.objectives import Objective
from archgraph.search import ExhaustiveSearcher, RandomSearcher
from archgraph.spaces import space

GOAL = [Objective("acc", "max")]


def test_random_genes_are_uniform() -> None:
    mbv3 = space("mbv3")
    # Where no gene is inactive, canonical genotypes are what was drawn.
    asked = RandomSearcher(mbv3, GOAL, seed=0).ask(4000)
    resolution = [variable.name for variable in mbv3.variables].index("resolution")
    share = np.bincount(asked[:, resolution]) / 4000
    expected = 1 / mbv3.sizes[resolution]
    # Five standard deviations of a share among 4,000.
    assert (abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / 4000)).all()


def test_exhaustive_finds_every_architecture() -> None:
    nb201 = space("nb201")
    searcher = ExhaustiveSearcher(nb201, GOAL)
    found = np.concatenate([searcher.ask(4000) for _ in range(4)])
    # 9,445 of the 15,625 cells differ once what no path uses is left out, as the benchmark's authors count.
    assert len(found) == len(np.unique(genotype_keys(nb201, found))) == 9445


def test_only_a_pool_is_asked_for() -> None:
    nb201 = space("nb201")
    pool = nb201.sample_distinct(20, np.random.default_rng(0))
    searcher = RandomSearcher(nb201, GOAL, seed=1).confine(pool)
    searcher.tell(pool[:3], np.zeros(3))
    drawn = np.concatenate([searcher.ask(5), searcher.ask(99)])
    assert sorted(drawn.tolist()) == sorted(pool[3:].tolist())
    assert drawn.tolist() != pool[3:].tolist()

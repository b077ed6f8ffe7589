"""Architectures at the ends of what is known exactly."""

from __future__ import annotations

import numpy as np

from archgraph.data import ArchTable
from archgraph.evaluators import Costs, Only, Tabular
from archgraph.objectives import Constraint, Objective
from archgraph.search.ends import ends
from archgraph.spaces import SearchSpace, space

MACS = [Objective("macs", "min")]


def found(where: SearchSpace, *constraints: Constraint, **options: object) -> np.ndarray:
    exact = Only(Costs(where), ["params", "macs"])
    return ends(where, MACS, constraints, exact, np.random.default_rng(0), **options)


def test_they_are_the_cheapest_and_the_dearest_of_all() -> None:
    subnets = space("mbv3")
    smallest, largest = subnets.costs(found(subnets))["macs"]
    random = subnets.costs(subnets.sample(2000, np.random.default_rng(1)))["macs"]
    assert smallest < 0.8 * random.min() < 1.2 * random.max() < largest
    genes = subnets.canonical(np.zeros((1, subnets.genes), dtype=np.int64))
    assert smallest == subnets.costs(genes)["macs"][0]
    assert largest == subnets.costs(subnets.canonical(subnets.sizes[None] - 1))["macs"][0]


def test_constraints_are_kept() -> None:
    subnets = space("mbv3")
    median = np.median(subnets.costs(subnets.sample(200, np.random.default_rng(1)))["params"])
    costs = subnets.costs(found(subnets, Constraint("params", "<=", median)))
    assert (costs["params"] <= median).all()
    assert costs["params"].max() > 0.95 * median
    assert len(found(subnets, Constraint("params", "<=", 1.0))) == 0


def test_of_a_pool_they_are_the_ends_exactly(nb201: SearchSpace) -> None:
    pool = nb201.sample_distinct(50, np.random.default_rng(2))
    macs = nb201.costs(pool)["macs"]
    assert sorted(nb201.costs(found(nb201, pool=pool))["macs"]) == [macs.min(), macs.max()]


def test_a_failure_is_no_end(nb201: SearchSpace) -> None:
    rows = nb201.sample_distinct(4, np.random.default_rng(2))
    table = ArchTable(nb201, rows, {"ms": np.array([3.0, np.nan, 1.0, 2.0])})
    chosen = ends(
        nb201, [Objective("ms", "min")], (), Tabular(table, ["ms"]), np.random.default_rng(0), table.genotypes
    )
    assert sorted(map(tuple, chosen)) == sorted(map(tuple, rows[[0, 2]]))


def test_one_that_is_both_ends_is_returned_once(nb201: SearchSpace) -> None:
    assert len(found(nb201, pool=nb201.sample_distinct(1, np.random.default_rng(2)))) == 1

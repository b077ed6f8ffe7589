"""What costs most."""

from __future__ import annotations

import numpy as np

from archgraph.data import ArchTable
from archgraph.evaluators import Costs, Tabular
from archgraph.objectives import Constraint, Objective
from archgraph.search.dearest import dearest
from archgraph.spaces import SearchSpace, space


def found(where: SearchSpace, *constraints: Constraint) -> np.ndarray:
    return dearest(where, [Objective("macs", "min")], constraints, Costs(where), np.random.default_rng(0))


def test_it_is_the_largest_of_all() -> None:
    subnets = space("mbv3")
    macs = subnets.costs(found(subnets))["macs"]
    assert macs == subnets.costs(subnets.canonical(subnets.sizes[None] - 1))["macs"]
    assert macs > 1.2 * subnets.costs(subnets.sample(2000, np.random.default_rng(1)))["macs"].max()


def test_every_objective_has_its_own(nb201: SearchSpace) -> None:
    pool = nb201.sample_distinct(50, np.random.default_rng(2))
    table = ArchTable(nb201, pool, {"ms": np.arange(50.0), "acc": np.arange(50.0)})
    goals = [Objective("ms", "min"), Objective("acc", "max")]
    chosen = dearest(nb201, goals, (), Tabular(table, ["ms", "acc"]), np.random.default_rng(0), pool)
    assert chosen.tolist() == pool[[49, 0]].tolist()


def test_constraints_are_kept() -> None:
    subnets = space("mbv3")
    median = np.median(subnets.costs(subnets.sample(200, np.random.default_rng(1)))["params"])
    costs = subnets.costs(found(subnets, Constraint("params", "<=", median)))
    assert (costs["params"] <= median).all()
    assert costs["params"].max() > 0.95 * median
    assert len(found(subnets, Constraint("params", "<=", 1.0))) == 0


def test_a_failure_is_not_chosen(nb201: SearchSpace) -> None:
    rows = nb201.sample_distinct(4, np.random.default_rng(2))
    table = ArchTable(nb201, rows, {"ms": np.array([3.0, np.nan, 1.0, 2.0])})
    chosen = dearest(
        nb201, [Objective("ms", "min")], (), Tabular(table, ["ms"]), np.random.default_rng(0), table.genotypes
    )
    assert chosen.tolist() == rows[[0]].tolist()


def test_one_that_is_the_worst_twice_is_returned_once(nb201: SearchSpace) -> None:
    both = [Objective("macs", "min"), Objective("params", "min")]
    pool = nb201.sample_distinct(1, np.random.default_rng(2))
    assert dearest(nb201, both, (), Costs(nb201), np.random.default_rng(0), pool).tolist() == pool.tolist()

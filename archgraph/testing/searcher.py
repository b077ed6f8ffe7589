"""What every searcher must do: the contract of ``Searcher`` as checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from archgraph.evaluators import genotype_keys
from archgraph.graph import ArchGraph, GraphBatch, GraphBuilder
from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search import Searcher
from archgraph.spaces import SearchSpace, Variable
from archgraph.testing.contract import refusal, require, require_equal
from archgraph.typing import BoolArray, FloatArray, IntArray

Maker = Callable[[SearchSpace, Sequence[Objective], Sequence[Constraint], int], Searcher]
"""Makes a searcher of a space, objectives, constraints and a seed."""

BATCH = 6
"""Architectures asked for at a time."""

ROUNDS = 6
"""How often, in most checks."""

SCORE, TIME, SIZE = Objective("score", "max"), Objective("time", "min"), Objective("size", "min")
PAIR = (SCORE, TIME)


class SmallChains(SearchSpace):
    """90 chains of convolutions, in 216 valid genotypes: some of them have kernels that no layer has."""

    name = "small-chains"
    variables = (
        Variable("depth", (1, 2, 3)),
        *(Variable(f"kernel_{layer}", (1, 3, 5)) for layer in (1, 2, 3)),
        Variable("width", (4, 8, 16)),
    )

    def valid(self, genotypes: ArrayLike) -> BoolArray:
        """All but the deepest of the widest."""
        rows = self.check(genotypes)
        allowed: BoolArray = (rows[:, 0] < 2) | (rows[:, 4] < 2)
        return allowed

    def canonical(self, genotypes: ArrayLike) -> IntArray:
        """Kernels of layers that are not there are 0."""
        rows = self.check(genotypes)
        there = np.ones(rows.shape, dtype=bool)
        there[:, 1:4] = np.arange(3) <= rows[:, :1]
        return np.where(there, rows, 0)

    def graphs(self, genotypes: ArrayLike) -> GraphBatch:
        """The chains."""
        return GraphBatch.from_graphs([self._chain(row) for row in self.canonical(genotypes)])

    def _chain(self, row: IntArray) -> ArchGraph:
        chosen = self.to_config(row)
        net = GraphBuilder()
        x = net.input(3, 8, 8)
        for layer in range(1, chosen["depth"] + 1):
            x = net.add("relu", [net.conv(x, chosen["width"], kernel=chosen[f"kernel_{layer}"])])
        net.output(net.linear(net.flatten(net.global_avg_pool(x)), 2))
        return net.graph()


def worth(genotypes: ArrayLike) -> dict[str, FloatArray]:
    """Score, time and size of small chains: the first grows with all genes, the others cost differently for each."""
    rows = np.asarray(genotypes, dtype=np.float64).reshape(-1, 5)
    return {
        "score": np.sqrt(rows) @ [2.0, 1.0, 0.8, 0.6, 1.5],
        "time": rows @ [3.0, 0.5, 0.7, 0.9, 0.3],
        "size": rows @ [1.0, 1.0, 1.0, 1.0, 3.0],
    }


def advance(searcher: Searcher, rounds: int = ROUNDS) -> IntArray:
    """``(R, G)`` what is asked for in so many rounds of ``BATCH``, each told before the next."""
    asked = [searcher.space.check(np.empty((0, searcher.space.genes), dtype=np.int64))]
    for _ in range(rounds):
        asked.append(searcher.ask(BATCH))
        searcher.tell(asked[-1], worth(asked[-1]))
    return np.concatenate(asked)


def asks_for_distinct_canonical_genotypes(make: Maker) -> None:
    """For one, two and three objectives: valid, canonical, none twice, and none that it was told."""
    space = SmallChains()
    for objectives in ((SCORE,), PAIR, (SCORE, TIME, SIZE)):
        searcher = make(space, objectives, (), 0)
        told = space.sample_distinct(10, np.random.default_rng(1))
        searcher.tell(told, worth(told))
        require(searcher.batch >= 1, f"batch must be a whole number at least 1, but is {searcher.batch}")
        asked = advance(searcher)
        require(len(asked) == BATCH * ROUNDS, f"ask({BATCH}) must give {BATCH} genotypes while there are many left")
        require(space.valid(asked).all(), "genotypes must be valid, but some are not")
        require_equal(asked, space.canonical(asked), "genotypes must be canonical")
        keys = genotype_keys(space, np.concatenate([told, asked]))
        require(len(np.unique(keys)) == len(keys), "no genotype must be asked for twice, or after it was told")


def a_pool_is_all_it_asks_for(make: Maker) -> None:
    """Confined to a pool, it asks for all of it and for nothing else."""
    space = SmallChains()
    pool = space.sample_distinct(2 * BATCH, np.random.default_rng(2))
    asked = advance(make(space, PAIR, (), 0).confine(pool), 4)
    inside = np.isin(genotype_keys(space, asked), genotype_keys(space, pool))
    require(inside.all(), "of a pool nothing else must be asked for")
    require(len(asked) == len(pool), "all of a pool must be asked for, once there is nothing better")
    begun = make(space, PAIR, (), 0).confine(pool)
    known = advance(begun, 1)
    restored = make(space, PAIR, (), 9).confine(pool)
    restored.restore(json.loads(json.dumps(begun.state())), known)
    require_equal(advance(restored, 3), advance(begun, 3), "restored in a pool it must go on the same: genotypes")


def the_seed_decides(make: Maker) -> None:
    """The same seed asks for the same, another one does not."""
    one, same, other = (advance(make(SmallChains(), PAIR, (), seed)) for seed in (0, 0, 1))
    require_equal(same, one, "the same seed must ask for the same genotypes")
    require(not np.array_equal(one, other), "another seed must ask for other genotypes")


def a_restored_one_goes_on_the_same(make: Maker) -> None:
    """State and restore, through JSON: before anything, between rounds, and when a round is asked but not told."""
    for rounds, half in ((0, False), (2, False), (4, True)):
        space = SmallChains()
        whole = make(space, PAIR, (Constraint("size", "<=", 9.0),), 3)
        known = advance(whole, rounds)
        asked = whole.ask(BATCH) if half else known[:0]
        restored = make(space, PAIR, (Constraint("size", "<=", 9.0),), 99)
        try:
            state = json.dumps(whole.state(), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise AssertionError(f"state must be plain JSON values, but is not: {error}") from error
        restored.restore(json.loads(state), np.concatenate([known, asked]))
        for searcher in (whole, restored):
            if half:
                searcher.tell(asked, worth(asked))
        when = f"after {rounds} rounds{' and an ask' if half else ''}"
        require_equal(advance(restored, 2), advance(whole, 2), f"a searcher restored {when} must go on the same")


def ends_when_the_space_does(make: Maker) -> None:
    """Asked again and again, it gives every architecture at most once, and then none."""
    searcher = make(SmallChains(), PAIR, (), 0)
    for _ in range(90):
        asked = searcher.ask(17)
        if not len(asked):
            return
        searcher.tell(asked, worth(asked))
    raise AssertionError("ask must end once all architectures were asked for, but goes on")


def asks_again_before_it_is_told(make: Maker) -> None:
    """Several asks in a row give different genotypes, which may be told in any order."""
    searcher = make(SmallChains(), PAIR, (), 0)
    for size in (1, 9, 4):
        asked = [searcher.ask(size) for _ in range(3)]
        keys = genotype_keys(searcher.space, np.concatenate(asked))
        require(len(np.unique(keys)) == 3 * size, f"three asks for {size} in a row must give {3 * size} genotypes")
        for rows in reversed(asked):
            searcher.tell(rows, worth(rows))


def failures_are_survived(make: Maker) -> None:
    """NaN and infinity told of some, then of all, and it still asks."""
    searcher = make(SmallChains(), PAIR, (), 0)
    for number in range(2 * ROUNDS):
        asked = searcher.ask(BATCH)
        require(len(asked) == BATCH, f"ask({BATCH}) must give {BATCH} genotypes after failures too")
        values = np.stack([worth(asked)["score"], worth(asked)["time"]], axis=1)
        values[:: 1 + number % 2, number % 2] = np.nan
        values[-1, 0] = np.inf
        searcher.tell(asked, values)


def constraints_are_taken(make: Maker) -> None:
    """Bounds and constraints are all there, their columns must be told, and what nobody keeps is survived."""
    bounded, never = Objective("time", "min", 4.0), Constraint("size", "<=", -1.0)
    searcher = make(SmallChains(), (SCORE, bounded), (never,), 0)
    kept = (Constraint("time", "<=", 4.0), never)
    require(searcher.constraints == kept, f"constraints must be {kept}, but are {searcher.constraints}")
    asked = advance(searcher)
    require(len(asked) == BATCH * ROUNDS, f"ask({BATCH}) must give {BATCH} genotypes though no constraint is kept")
    told = {column: worth(asked)[column] for column in ("score", "time")}
    refusal(lambda: searcher.tell(asked, told), UnknownNameError, "values without a constrained column")


def refuses_nonsense(make: Maker) -> None:
    """Numbers that are none, columns that are missing, and rows that do not fit."""
    searcher = make(SmallChains(), PAIR, (), 0)
    asked = searcher.ask(3)
    refusal(lambda: searcher.ask(0), ValueError, "ask(0)")
    refusal(lambda: searcher.tell(asked, {"score": np.zeros(3)}), UnknownNameError, "values without a column")
    refusal(lambda: searcher.tell(asked, np.zeros((2, 2))), ValueError, "values of fewer rows than genotypes")
    refusal(lambda: make(SmallChains(), (SCORE, SCORE), (), 0), ValueError, "two objectives of one column")


SEARCHER_CHECKS: tuple[Callable[[Maker], None], ...] = (
    asks_for_distinct_canonical_genotypes,
    the_seed_decides,
    a_restored_one_goes_on_the_same,
    ends_when_the_space_does,
    a_pool_is_all_it_asks_for,
    asks_again_before_it_is_told,
    failures_are_survived,
    constraints_are_taken,
    refuses_nonsense,
)
"""All checks of searchers, functions that take a maker of them."""


def check_searcher(make: Maker) -> None:
    """Run ``SEARCHER_CHECKS``, one after the other.

    Args:
        make: Called with a space, objectives, constraints and a seed.

    Raises:
        AssertionError: The searcher breaks the contract; the message says where.
    """
    for check in SEARCHER_CHECKS:
        check(make)

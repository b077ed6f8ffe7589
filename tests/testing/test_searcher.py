"""The contract of searchers: registered ones keep it, and broken ones are found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from archgraph.objectives import Constraint, Objective, wanted_columns
from archgraph.predictors import ForestPredictor
from archgraph.search import SEARCHERS, RandomSearcher, Searcher
from archgraph.spaces import SearchSpace
from archgraph.testing import SEARCHER_CHECKS, check_searcher, check_space
from archgraph.testing.searcher import Maker, SmallChains, advance, worth

FOREST = ForestPredictor(members=2, trees=2)
SMALL: dict[str, dict[str, Any]] = {
    "bananas": {"population": 18, "size": 4, "predictors": {"score": FOREST, "time": FOREST}},
    "evolution": {"population": 8, "tournament": 3},
    "iterative": {"first": 18, "size": 4, "predictors": {"score": FOREST, "time": FOREST, "size": FOREST}},
    "linas": {"population": 18},
    "local": {"population": 4},
    "nsga2": {"population": 8},
    "unsga3": {"population": 8},
}


def maker(name: str) -> Maker:
    def make(space: SearchSpace, goals: Sequence[Objective], bounds: Sequence[Constraint], seed: int) -> Searcher:
        return SEARCHERS.get(name)(space, goals, constraints=bounds, seed=seed, **_options(name, goals, bounds))

    return make


def _options(name: str, goals: Sequence[Objective], bounds: Sequence[Constraint]) -> dict[str, Any]:
    options = dict(SMALL.get(name, {}))
    if "predictors" in options:
        columns = wanted_columns(goals, bounds)
        options["predictors"] = {each: model for each, model in options["predictors"].items() if each in columns}
    return options


def test_the_space_of_the_checks_keeps_the_contract_of_spaces() -> None:
    check_space(SmallChains())


@pytest.mark.parametrize("name", list(SEARCHERS))
@pytest.mark.parametrize("check", SEARCHER_CHECKS)
def test_every_registered_searcher_keeps_the_contract(check: Callable[[Maker], None], name: str) -> None:
    check(maker(name))


@pytest.mark.parametrize("name", list(SEARCHERS))
def test_every_registered_searcher_finds_all_of_a_small_space(name: str) -> None:
    searcher = maker(name)(SmallChains(), (Objective("score", "max"),), (), 0)
    assert len(advance(searcher, 15)) == 90
    assert len(searcher.ask(6)) == 0


class Forgetful(RandomSearcher):
    def _fresh(self, genotypes: Any) -> Any:
        return self.space.canonical(genotypes)


class Raw(RandomSearcher):
    def ask(self, n: int) -> Any:
        return self.space.sample(n, self._rng)


class Unseeded(RandomSearcher):
    def __init__(self, *arguments: Any, seed: int) -> None:
        super().__init__(*arguments, seed=np.random.default_rng().integers(2**32))


class Stubborn(RandomSearcher):
    def __init__(self, *arguments: Any, seed: int) -> None:
        super().__init__(*arguments)


class Amnesic(RandomSearcher):
    def restore(self, state: Mapping[str, Any], known: Any) -> None:
        pass


class Unwritable(RandomSearcher):
    def state(self) -> dict[str, Any]:
        return super().state() | {"best": np.inf}


class Fragile(RandomSearcher):
    def _learn(self, told: Any) -> None:
        self._broken = not told.answered.all()

    def ask(self, n: int) -> Any:
        return super().ask(n)[: 1 if getattr(self, "_broken", False) else n]


class Unbound(RandomSearcher):
    def __init__(self, space: Any, objectives: Any, constraints: Any, seed: int) -> None:
        super().__init__(space, objectives, (), seed)


class Unconfined(RandomSearcher):
    def confine(self, pool: Any) -> Any:
        return self


class Endless(RandomSearcher):
    def ask(self, n: int) -> Any:
        found = super().ask(n)
        return found if len(found) else self.space.canonical(self.space.sample(n, self._rng))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Forgetful, "no genotype must be asked for twice"),
        (Raw, "genotypes must be canonical: row"),
        (Unseeded, "the same seed must ask for the same genotypes"),
        (Stubborn, "another seed must ask for other genotypes"),
        (Amnesic, "a searcher restored after 0 rounds must go on the same"),
        (Unwritable, "state must be plain JSON values, but is not"),
        (Fragile, r"ask\(6\) must give 6 genotypes after failures too"),
        (Unbound, "constraints must be .*, but are"),
        (Endless, "ask must end once all architectures were asked for"),
        (Unconfined, "of a pool nothing else must be asked for"),
    ],
)
def test_broken_ones_are_found_out(broken: type[Searcher], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_searcher(lambda *arguments: broken(*arguments[:3], seed=arguments[3]))


def test_the_values_of_the_checks_are_those_of_the_genes() -> None:
    found = worth([[2, 0, 1, 0, 1]])
    assert found["time"].tolist() == [pytest.approx(7.0)]
    assert found["size"].tolist() == [pytest.approx(6.0)]

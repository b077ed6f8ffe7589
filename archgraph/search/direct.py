"""Search on the truth alone: what a searcher asks for is verified, and told to it."""

from __future__ import annotations

import inspect

from archgraph.registry import Registry
from archgraph.search.claims import Work
from archgraph.search.rounds import ENDED, in_rounds
from archgraph.search.searcher import Searcher
from archgraph.search.study import Study
from archgraph.search.task import CANDIDATES, SearchTask, same_predictors

SEARCHERS: Registry[type[Searcher]] = Registry(
    "searcher",
    "archgraph.searchers",
    {
        "bananas": "archgraph.search.bananas:BananasSearcher",
        "evolution": "archgraph.search.evolution:EvolutionSearcher",
        "iterative": "archgraph.search.predictor_searcher:PredictorSearcher",
        "linas": "archgraph.search.linas:LinasSearcher",
        "local": "archgraph.search.local_search:LocalSearcher",
        "nsga2": "archgraph.search.nsga2:NSGA2Searcher",
        "random": "archgraph.search.random_searcher:RandomSearcher",
        "unsga3": "archgraph.search.unsga3:UNSGA3Searcher",
    },
)
"""Searchers, called with the space, the objectives, ``constraints=`` and ``seed=``, and with those of ``population``,
``predictors``, ``evaluators``, ``candidates``, ``first``, ``min_gain`` and ``labelled`` that they have as
parameters. Each is a strategy of ``search`` too."""


def direct(task: SearchTask, study: Study, name: str) -> None:
    """Verify what a searcher asks for, and tell it, round after round.

    What was asked lands in the study, with the searcher's state, before it is verified, every verification on its own,
    so that an interrupted search continues to the same result. Of several workers one asks for a round, and all verify
    it.

    Args:
        task: With a verifier.
        study: To fill.
        name: Of the searcher, in ``SEARCHERS``.

    Raises:
        ValueError: The predictors are not those that the study was begun with.
    """
    same_predictors(task, study)
    in_rounds(task, study, _Asking(task, study, name))


class _Asking:
    """Asks a searcher for one round after the other, also where other workers ask for some of them."""

    def __init__(self, task: SearchTask, study: Study, name: str) -> None:
        self.task, self.study, self.name = task, study, name
        self._current = searcher_of(name, task).confine(task.pool)
        self._asked = 0  # rounds that the current one has asked for; -1 = it cannot go on

    def __call__(self, number: int, claim: Work) -> None:
        """Ask for round ``number``, once all before are verified."""
        if self._asked != number:
            # Another worker asked for the last round, or an earlier process did, or this one lost its claim.
            self._current = searcher_of(self.name, self.task).confine(self.task.pool)
            if number:
                self._current.restore(self.study.note("searcher"), self.study.records("chosen").genotypes)
        if number:
            self._tell(number)
        self._asked = -1
        left = self.task.budget - self.study.count("chosen")
        genotypes = self._current.ask(min(self._current.batch, left))
        notes = {"searcher": self._current.state()} if len(genotypes) else {ENDED: number}
        found = self._current.expected(genotypes)
        self.study.add("chosen", number, genotypes, found, self.name, notes=notes, claim=claim)
        self._asked = number + 1

    def _tell(self, number: int) -> None:
        """Tell the searcher that asked for the last round what became of it."""
        asked = len(self.study.records("chosen", since=number - 1))
        verified = self.study.records("verified", since=self.study.count("chosen") - asked)
        self._current.tell(verified.genotypes, {column: verified.values[column] for column in self.task.needed})


def searcher_of(name: str, task: SearchTask) -> Searcher:
    """The searcher ``name`` for what ``task`` says.

    Raises:
        UnknownNameError: There is no such searcher.
        ValueError: There is no verifier, or the searcher has no use for predictors, a population, a number of
            candidates, a least gain or labelled architectures that are given.
    """
    kind = SEARCHERS.get(name)
    if task.truth is None:
        raise ValueError(f"strategy {name!r} learns from what is verified, so it needs a verifier; or use 'guided'")
    takes = _parameters(kind)
    first = takes["first"].default if "first" in takes else None
    offered = {
        "population": task.population,
        "predictors": {column: model for column, model in task.predictors.items() if column in task.needed},
        "evaluators": task.exact,
        "candidates": task.candidates,
        "first": max(1, min(first, task.budget // 4)) if isinstance(first, int) else first,
        "min_gain": task.min_gain,
        "labelled": task.labelled,
    }
    if task.population != 1 and "population" not in takes:
        raise ValueError(f"strategy {name!r} has no population, but population is {task.population}; leave it out")
    if task.predictors and "predictors" not in takes:
        raise ValueError(
            f"strategy {name!r} takes no predictors, but there is one of {next(iter(task.predictors))!r}; leave it out"
        )
    if task.min_gain and "min_gain" not in takes:
        raise ValueError(f"strategy {name!r} expects no gain of a round, but min_gain is {task.min_gain}; leave it out")
    if task.labelled is not None and "labelled" not in takes:
        raise ValueError(f"strategy {name!r} learns from what it is told alone; leave labelled rows out")
    if task.candidates != CANDIDATES and "candidates" not in takes:
        raise ValueError(f"strategy {name!r} scores no candidates, but candidates is {task.candidates}; leave it out")
    options = {name: value for name, value in offered.items() if name in takes}
    return kind(task.space, task.objectives, constraints=task.constraints, seed=task.seed, **options)


def own_population(name: str, budget: int) -> int:
    """Architectures of a generation if nobody says how many: the searcher's default, at most a quarter of ``budget``.

    1 for a searcher that has no generations.

    Raises:
        UnknownNameError: There is no such searcher.
    """
    parameter = _parameters(SEARCHERS.get(name)).get("population")
    return 1 if parameter is None else max(2, min(parameter.default, budget // 4))


def learns(name: str) -> bool:
    """Whether a searcher cannot do without predictors, which it fits to what it is told.

    Raises:
        UnknownNameError: There is no such searcher.
    """
    parameter = _parameters(SEARCHERS.get(name)).get("predictors")
    return parameter is not None and parameter.default is parameter.empty


def _parameters(kind: type[Searcher]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(kind).parameters)

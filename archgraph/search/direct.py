"""Search on the truth alone: what a searcher asks for is verified, and told to it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from archgraph.evaluators import Evaluation, genotype_keys
from archgraph.evaluators.keys import find
from archgraph.registry import Registry
from archgraph.search.searcher import Searcher
from archgraph.search.study import Study
from archgraph.search.task import SearchTask, same_predictors
from archgraph.search.truth import verify

SEARCHERS: Registry[type[Searcher]] = Registry(
    "searcher",
    "archgraph.searchers",
    {
        "bananas": "archgraph.search.bananas:BananasSearcher",
        "evolution": "archgraph.search.evolution:EvolutionSearcher",
        "linas": "archgraph.search.linas:LinasSearcher",
        "local": "archgraph.search.local_search:LocalSearcher",
        "nsga2": "archgraph.search.nsga2:NSGA2Searcher",
        "random": "archgraph.search.random_searcher:RandomSearcher",
        "unsga3": "archgraph.search.unsga3:UNSGA3Searcher",
    },
)
"""Searchers, called with the space, the objectives, the constraints and ``seed=``, and, if they have such parameters,
``population=`` and ``predictors=``. Each is a strategy of ``search`` too."""


def direct(task: SearchTask, study: Study, name: str, searcher: Searcher) -> None:
    """Verify what ``searcher`` asks for, and tell it, round after round.

    What was asked lands in the study, with the searcher's state, before it is verified, every verification on its own,
    so that an interrupted search continues to the same result.

    Args:
        task: With a verifier.
        study: To fill.
        name: Of the searcher, as the study calls who chose.
        searcher: A new one, of ``searcher_of``.

    Raises:
        ValueError: The predictors are not those that the study was begun with.
    """
    same_predictors(task, study)
    number = 0
    if study.count("chosen"):
        chosen = study.records("chosen")
        searcher.restore(study.note("searcher"), chosen.genotypes)
        number = 1 + int(chosen.steps[-1])
        _verify_and_tell(searcher, task, study)
    while (left := task.budget - study.count("chosen")) > 0:
        genotypes = searcher.ask(min(searcher.batch, left))
        if not len(genotypes):
            break
        unknown = Evaluation({column: np.full(len(genotypes), np.nan) for column in task.needed})
        study.add("chosen", number, genotypes, unknown, name, notes={"searcher": searcher.state()})
        _verify_and_tell(searcher, task, study)
        number += 1


def _verify_and_tell(searcher: Searcher, task: SearchTask, study: Study) -> None:
    """Ask for the truth about the last round, as far as it is not known, and tell all of the round."""
    assert task.truth is not None
    verify(study, task.space, task.truth, task.progress, task.budget)
    chosen, verified = study.records("chosen"), study.records("verified")
    last = chosen.genotypes[chosen.steps == chosen.steps[-1]]
    keys = genotype_keys(task.space, verified.genotypes)
    order = np.argsort(keys)
    rows = order[find(keys[order], genotype_keys(task.space, last))]
    searcher.tell(last, {column: verified.values[column][rows] for column in task.needed})


def searcher_of(name: str, task: SearchTask) -> Searcher:
    """The searcher ``name`` for what ``task`` says.

    Raises:
        UnknownNameError: There is no such searcher.
        ValueError: There is no verifier, or the searcher has no use for predictors or a population that are given.
    """
    kind = SEARCHERS.get(name)
    if task.truth is None:
        raise ValueError(f"strategy {name!r} learns from what is verified, so it needs a verifier; or use 'guided'")
    takes = _parameters(kind)
    options: dict[str, Any] = {}
    if "population" in takes:
        options["population"] = task.population
    elif task.population != 1:
        raise ValueError(f"strategy {name!r} has no population, but population is {task.population}; leave it out")
    if "predictors" in takes:
        options["predictors"] = {column: model for column, model in task.predictors.items() if column in task.needed}
    elif task.predictors:
        raise ValueError(
            f"strategy {name!r} takes no predictors, but there is one of {next(iter(task.predictors))!r}; leave it out"
        )
    return kind(task.space, task.objectives, task.constraints, seed=task.seed, **options)


def own_population(name: str, budget: int) -> int:
    """Architectures of a generation if nobody says how many: the searcher's default, at most a quarter of ``budget``.

    1 for a searcher that has no generations.

    Raises:
        UnknownNameError: There is no such searcher.
    """
    parameter = _parameters(SEARCHERS.get(name)).get("population")
    return 1 if parameter is None else max(2, min(parameter.default, budget // 4))


def _parameters(kind: type[Searcher]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(kind).parameters)

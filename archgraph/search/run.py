"""The one call that searches."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import Evaluator
from archgraph.objectives import Constraint, Objective, wanted_columns
from archgraph.registry import Registry, UnknownNameError
from archgraph.search.claims import LEASE
from archgraph.search.direct import SEARCHERS, direct, own_population, searcher_of
from archgraph.search.feasibility import check_feasible
from archgraph.search.study import Study
from archgraph.search.task import CANDIDATES, Labelled, SearchTask, exact_evaluators
from archgraph.search.truth import Progress, no_progress
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor

REGISTRY: Registry[Callable[[SearchTask, Study], None]] = Registry(
    "search strategy",
    "archgraph.strategies",
    {"guided": "archgraph.search.guided:guided"},
)
"""Strategies: each fills a study as its task says, and continues one that was interrupted. Every name of ``SEARCHERS``
is one besides."""

GENERATION = 200
"""Architectures of a generation on predictions, unless told otherwise."""


def search(
    space: SearchSpace,
    objectives: Sequence[Objective | str],
    predictors: Mapping[str, Predictor] | None = None,
    evaluators: Sequence[Evaluator] = (),
    verifier: Evaluator | None = None,
    *,
    constraints: Sequence[Constraint | str] = (),
    strategy: str = "guided",
    budget: int = 20,
    candidates: int = CANDIDATES,
    population: int | None = None,
    min_gain: float = 0.0,
    seed: int = 0,
    study: str | os.PathLike[str] | None = None,
    notes: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
    lease: float = LEASE,
    workers: int = 1,
    labelled: tuple[ArrayLike, Mapping[str, FloatArray]] | None = None,
    timeout: float | None = None,
) -> Study:
    """Find the architectures that hold the Pareto front, and verify them.

    The same call with the path of an interrupted study continues it to the result that it would have had. The same call
    in several processes, on one machine or many, shares the work: one of them chooses, all verify, no architecture
    twice, and the result is that of one process.

    Args:
        space: Where to search.
        objectives: What to improve, as objects or as text such as ``"val_acc:max"`` or ``"latency_ms:min:<=4.5"``.
            Bounds on their worse side also tell "guided" and "iterative" how far the front is wanted; elsewhere it is
            wanted up to what 95 % of random architectures beat.
        predictors: Column to a predictor; fitted ones for the strategy "guided", while "iterative" and "bananas" fit
            copies of them to what is verified. The other searchers take none.
        evaluators: Exact answers that are cheap enough for every candidate. What the space's cost formulas answer
            (params, macs, activation_bytes) is always taken from them.
        verifier: The truth, for few architectures: a supernet, a device, a table; several as ``Combined``. None stops
            before it is asked.
        constraints: Further bounds on any column, as objects or as text such as ``"params<=50000"``.
        strategy: Name in ``REGISTRY``: "guided" verifies the final few; or in ``SEARCHERS``, the searcher that decides
            alone what is verified next: "iterative" learns from what is verified what should improve the front most.
        budget: Architectures to verify.
        candidates: Architectures to score by predictions, in each round of "iterative" and "linas"; a space with no
            more genotypes is scored whole.
        population: Architectures of a generation; None = 200 on predictions, and for the name of a searcher its own
            default, at most a quarter of the budget.
        min_gain: "iterative" stops where a round is expected to add a smaller share of the hypervolume than this.
        seed: Of all random choices.
        study: File to keep everything in as it happens, or URL of a database, as ``Study`` takes it; None keeps it in
            memory.
        notes: JSON values to keep in a new study from the start, such as where the predictors came from.
        progress: Called with the phase, the number of architectures done in it, and their total.
        lease: Seconds after which other processes take over from one that is silent.
        workers: Architectures to verify at the same time, each by a thread of this process: for verifiers that wait
            for others, such as ``Program`` and a ``RayEvaluator``.
        labelled: ``(R, G)`` genotypes and column to their ``(R,)`` values, such as rows of a table, for "iterative":
            predictors learn from them too, from the first round on. They count neither as verified nor as found, and
            their numbers must mean what the verifier's do.
        timeout: Seconds after which this call begins nothing more, and ends with what it has begun to verify; the same
            call on its study goes on.

    Returns:
        The study, open.

    Raises:
        UnknownNameError: There is no such strategy.
        ValueError: A column has no answer, no candidate keeps the constraints, the strategy has no use for what it was
            given, or the study was begun with other settings or predictors.
        OSError: The study's file cannot be written, or its server not be reached.
    """
    if strategy not in REGISTRY and strategy not in SEARCHERS:
        raise UnknownNameError(REGISTRY.kind, strategy, [*REGISTRY, *SEARCHERS])
    if population is None:
        population = GENERATION if strategy in REGISTRY else own_population(strategy, budget)
    goals = tuple(Objective.parse(goal) if isinstance(goal, str) else goal for goal in objectives)
    bounds = tuple(Constraint.parse(bound) if isinstance(bound, str) else bound for bound in constraints)
    predictors = dict(predictors or {})
    columns = [*predictors, *wanted_columns(goals, bounds)]
    task = SearchTask(
        space=space,
        objectives=goals,
        constraints=bounds,
        predictors=predictors,
        exact=tuple(exact_evaluators(space, evaluators, columns)),
        verifier=verifier,
        budget=budget,
        candidates=candidates,
        population=population,
        min_gain=min_gain,
        seed=seed,
        progress=progress,
        lease=lease,
        workers=workers,
        labelled=None if labelled is None else Labelled(*labelled),
        ends=math.inf if timeout is None else time.monotonic() + _check.number("timeout", timeout),
        predicted=strategy in REGISTRY,
    )
    run = _strategy(strategy, task)
    check_feasible(task)
    opened = Study(study, task.settings | {"strategy": strategy})
    try:
        for key, value in (notes or {}).items():
            if opened.note(key) is None:
                opened.set_note(key, value)
        run(task, opened)
    except BaseException:
        opened.close()
        raise
    return opened


def _strategy(name: str, task: SearchTask) -> Callable[[SearchTask, Study], None]:
    if name in REGISTRY:
        if task.labelled is not None:
            raise ValueError(
                f"strategy {name!r} takes predictors that are fitted; fit them to the labelled rows and leave these out"
            )
        return REGISTRY.get(name)
    searcher_of(name, task)  # what it cannot be made of is told before there is a study
    return partial(direct, name=name)

"""Search in rounds: verify a few, learn from all that is verified, choose the next few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.base import clone

from archgraph.evaluators import Evaluation, Evaluator
from archgraph.objectives import feasible, hypervolume, minimised, violation
from archgraph.search.claims import Work
from archgraph.search.guesses import OWN_ERROR, guesses, scaling
from archgraph.search.random_searcher import ExhaustiveSearcher, RandomSearcher
from archgraph.search.records import Records
from archgraph.search.rounds import ENDED, in_rounds
from archgraph.search.searcher import Searcher
from archgraph.search.selection import greedy_hypervolume, near_front
from archgraph.search.study import Study
from archgraph.search.task import SearchTask, same_predictors
from archgraph.typing import BoolArray, FloatArray, IntArray

FIRST = 16
"""Random architectures to begin with; a quarter of the budget, if that is less."""

GROWTH = 8
"""A round verifies one architecture for so many that are verified: late rounds learn more at once, so that the time
between verifications stays the same."""

SHORTLIST = 400
"""Near-front candidates to choose from."""

SAMPLES = 4096
"""Points for each guess at the truth, of which few are not held yet."""

PROBES = 256
"""Random architectures that scale the objectives."""


def iterative(task: SearchTask, study: Study) -> None:
    """Verify random architectures, then in rounds those that are expected to improve the front most.

    Each round fits the predictors anew to all that is verified, scores ``task.candidates`` (a space with no more
    genotypes whole), draws guesses at the truth about those near the predicted front, and takes the few that together
    add the most hypervolume to what is verified. What was chosen lands in the study before it is verified, every
    verification on its own, and each round has a seed of its own, so an interrupted search continues to the same
    result. Of several workers one chooses a round, and all verify it.

    Raises:
        ValueError: There is no verifier, or the predictors are not those that the study was begun with.
    """
    if task.truth is None:
        raise ValueError("strategy 'iterative' learns from what is verified, so it needs a verifier; or use 'guided'")
    same_predictors(task, study)
    in_rounds(task, study, partial(_add_round, task, study))


def _add_round(task: SearchTask, study: Study, number: int, claim: Work) -> None:
    """Choose the architectures of a round; none, if none are worth it."""
    verified = study.records("verified")
    left = task.budget - len(verified)
    rng = np.random.default_rng([task.seed, 4, number])
    good = _answered(task, verified)
    scorer = _learned(task, verified, good)
    if scorer is None:
        n = min(left, max(1, min(FIRST, task.budget // 4)))
        genotypes = _searcher(RandomSearcher, task, verified, rng).ask(n)
        found, name = Evaluation({column: np.full(len(genotypes), np.nan) for column in task.needed}), "random"
    else:
        n = min(left, max(1, len(verified) // GROWTH))
        genotypes, found = _improving(task, verified, good, scorer, n, rng)
        name = scorer.name
    notes = {} if len(genotypes) else {ENDED: number}
    study.add("chosen", number, genotypes, found, name, notes=notes, claim=claim)


def _answered(task: SearchTask, verified: Records) -> BoolArray:
    """Which verified architectures have a value in every column."""
    answered: BoolArray = np.ones(len(verified), dtype=bool)
    for column in task.needed if len(verified) else ():
        answered &= np.isfinite(verified.values[column])
    return answered


def _learned(task: SearchTask, verified: Records, good: BoolArray) -> Evaluator | None:
    """Exact answers, and predictors fitted to what is verified; None where that is too little."""
    if good.sum() < max((model.least_rows for model in task.predictors.values()), default=1):
        return None
    graphs = task.space.graphs(verified.genotypes[good])
    fitted = {
        column: clone(model).fit(graphs, verified.values[column][good], column)
        for column, model in task.predictors.items()
        if column in task.needed
    }
    return replace(task, predictors=fitted).scorer(task.needed, with_std=True)


def _improving(
    task: SearchTask, verified: Records, good: BoolArray, scorer: Evaluator, n: int, rng: np.random.Generator
) -> tuple[IntArray, Evaluation]:
    """Up to ``n`` candidates that are expected to improve the front most, and what is predicted of them."""
    genotypes, found = _scored(task, verified, scorer, rng)
    if not len(genotypes):
        return genotypes, found
    held = {column: values[good] for column, values in verified.values.items()}
    probe = scorer.evaluate(task.space.canonical(task.space.sample(PROBES, rng)))
    rows = most_improving(task, found, probe, held, n, rng)
    return genotypes[rows], found.take(rows)


def most_improving(
    task: SearchTask,
    found: Evaluation,
    probe: Evaluation,
    held: Mapping[str, FloatArray],
    n: int,
    rng: np.random.Generator,
) -> IntArray:
    """Up to ``(n,)`` rows of candidates that are together expected to add most to the front, the most useful first.

    None are taken if the improvement that is expected of them all is below ``task.min_gain``.

    Args:
        task: Whose objectives and constraints.
        found: Predictions for the candidates, one at least, with deviations.
        probe: Predictions for random architectures, which scale the objectives.
        held: Column to ``(H,)`` finite values of what is verified.
        n: How many.
        rng: Of the guesses at the truth.
    """
    scale = scaling(task, probe, minimised(Evaluation.concatenate([found, probe]), task.objectives))
    front = scale.apply({column: values[feasible(held, task.all_constraints)] for column, values in held.items()})
    near = _near(task, found, rng)
    chosen = greedy_hypervolume(guesses(task, found.take(near), probe, scale, rng), n, rng, SAMPLES, front)
    volume = hypervolume(front, np.ones(front.shape[1]))
    return near[chosen.rows if chosen.gains.sum() >= task.min_gain * volume else chosen.rows[:0]]


def _near(task: SearchTask, found: Evaluation, rng: np.random.Generator) -> IntArray:
    """Rows of candidates that may be on the front, if they are as good as their predictions leave room for."""
    breaks = violation(found, task.all_constraints)
    rows = np.flatnonzero(breaks <= max(0.0, np.sort(breaks)[:SHORTLIST][-1]))
    hopeful = minimised(found, task.objectives)[rows]
    for k, objective in enumerate(task.objectives):
        if objective.column in found.std:
            hopeful[:, k] -= OWN_ERROR * found.std[objective.column][rows]
    near: IntArray = rows[near_front(hopeful, SHORTLIST, 2 * SHORTLIST, rng)]
    return near


def _scored(
    task: SearchTask, verified: Records, scorer: Evaluator, rng: np.random.Generator
) -> tuple[IntArray, Evaluation]:
    """``task.candidates`` that are not verified yet, fewer if there are no more, with what is predicted of them."""
    if task.space.size <= task.candidates:
        searcher = _searcher(ExhaustiveSearcher, task, verified, rng)
    else:
        from archgraph.search.nsga2 import NSGA2Searcher

        searcher = _searcher(NSGA2Searcher, task, verified, rng)
    asked: list[IntArray] = [np.empty((0, task.space.genes), dtype=np.int64)]
    answers = [scorer.evaluate(asked[0])]
    while sum(map(len, asked)) < task.candidates:
        genotypes = searcher.ask(task.population)
        if not len(genotypes):
            break
        answers.append(scorer.evaluate(genotypes))
        searcher.tell(genotypes, answers[-1])
        asked.append(genotypes)
    return np.concatenate(asked), Evaluation.concatenate(answers)


def _searcher(kind: type[Searcher], task: SearchTask, verified: Records, rng: np.random.Generator) -> Searcher:
    """A searcher that knows what is verified."""
    searcher = kind(task.space, task.objectives, task.constraints, seed=int(rng.integers(2**32)))
    if len(verified):
        searcher.tell(verified.genotypes, verified.values)
    return searcher

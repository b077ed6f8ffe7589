"""Search on predictions alone; the truth is asked only about the final few."""

from __future__ import annotations

import time

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import closest_miss, feasible, minimised
from archgraph.search.claims import Work
from archgraph.search.guesses import guesses, scaling
from archgraph.search.random_searcher import ExhaustiveSearcher
from archgraph.search.records import Records
from archgraph.search.searcher import Searcher
from archgraph.search.selection import greedy_hypervolume, near_front
from archgraph.search.study import Study
from archgraph.search.task import SearchTask
from archgraph.search.truth import verify
from archgraph.typing import IntArray

_SHORTLIST = 400
"""Near-front candidates to choose from, at least."""

CHOICE = Work("chosen", "the choice")
"""What one worker claims that scores and chooses."""


def guided(task: SearchTask, study: Study) -> None:
    """Score candidates by NSGA-II on the predictions, choose the few that should hold the front, verify them.

    A space with no more genotypes than ``task.candidates`` is scored whole, whoever verifies, as that may be decided
    later. Each generation lands in the study with the searcher's state, each verification on its own, so that an
    interrupted search continues to the same result. Of several workers one scores and chooses, and all verify.

    Raises:
        ValueError: No candidate keeps the constraints, or the predictors are not those that the study was begun with.
    """
    probe = _probe(task, study)

    def choose() -> None:
        _score(task, study)
        if not task.is_over:
            _choose(task, study, probe)

    study.claims.do_once(CHOICE, task.lease, lambda: study.count("chosen") > 0 or task.is_over, choose)
    if task.truth is not None and not task.is_over:
        verify(study, task.truth, task.progress, None, task.lease, task.workers, task.seconds_left)


def _probe(task: SearchTask, study: Study) -> Evaluation:
    """Random architectures under the predictors: they scale the objectives, and tell whether a study's are the same."""
    rng = np.random.default_rng([task.seed, 1])
    found = task.scorer(task.needed).evaluate(task.space.canonical(task.space.sample(256, rng)))
    start = {column: values[:8].tolist() for column, values in found.items()}
    kept = study.note("probe")
    if kept is None:
        study.set_note("probe", start)
    else:
        for column, values in start.items():
            if not np.allclose(values, kept[column], rtol=1e-3, equal_nan=True):
                raise ValueError(
                    f"study {study.place!r} was begun with another predictor of {column!r}; "
                    "give the same one or begin another study"
                )
    return found


def _score(task: SearchTask, study: Study) -> None:
    searcher = _searcher(task)
    total = min(task.candidates, task.space.size)
    done, step = study.count("predicted"), 0
    if done:
        known = study.records("predicted")
        searcher.restore(study.note("searcher"), known.genotypes)
        step = int(known.steps[-1]) + 1
    scorer = task.scorer(task.needed)
    while done < total and not task.is_over:
        start = time.perf_counter()
        genotypes = searcher.ask(min(task.population, total - done))
        if not len(genotypes):
            break
        found = scorer.evaluate(genotypes)
        searcher.tell(genotypes, found)
        seconds, notes = time.perf_counter() - start, {"searcher": searcher.state()}
        study.add("predicted", step, genotypes, found, scorer.name, seconds, notes, CHOICE)
        done, step = done + len(genotypes), step + 1
        task.progress("predicted", done, total)
    task.progress("predicted", done, done)


def _searcher(task: SearchTask) -> Searcher:
    if task.space.size <= task.candidates:
        return ExhaustiveSearcher(task.space, task.objectives, task.constraints, task.seed)
    from archgraph.search.nsga2 import NSGA2Searcher

    return NSGA2Searcher(task.space, task.objectives, task.constraints, task.population, task.seed)


def _choose(task: SearchTask, study: Study, probe: Evaluation) -> None:
    scored = study.records("predicted")
    rows = _acceptable(task, scored)
    rng = np.random.default_rng([task.seed, 2])
    points = minimised({column: values[rows] for column, values in scored.values.items()}, task.objectives)
    # Peeled from all that keep the constraints: what is just behind the predicted front may well be on the true one.
    enough = max(_SHORTLIST, 5 * task.budget)
    near = near_front(points, enough, 2 * enough, rng)
    shortlist = rows[near]
    genotypes = scored.genotypes[shortlist]
    scorer = task.scorer([*task.predictors, *task.exact_columns], with_std=True)
    found = scorer.evaluate(genotypes)
    draws = guesses(task, found, probe, scaling(task, probe, points), rng)
    order = greedy_hypervolume(draws, task.budget, rng).rows
    study.add("chosen", 0, genotypes[order], found.take(order), scorer.name, claim=CHOICE)


def _acceptable(task: SearchTask, scored: Records) -> IntArray:
    """Rows that were predicted and keep all constraints."""
    answered = np.isfinite(minimised(scored.values, task.objectives)).all(axis=1)
    if not answered.any():
        reason = next((why for why in scored.reasons if why), "the space has no valid architecture")
        raise ValueError(f"none of {len(scored)} candidates could be scored: {reason}")
    rows = np.flatnonzero(answered & feasible(scored.values, task.all_constraints))
    if not len(rows):
        missed = closest_miss(
            {column: values[answered] for column, values in scored.values.items()}, task.all_constraints
        )
        raise ValueError(f"none of {len(scored)} candidates keeps {missed}: loosen them")
    return rows

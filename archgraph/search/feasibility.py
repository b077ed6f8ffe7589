"""Whether anything keeps the constraints, as far as exact answers tell before a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective, closest_miss, feasible
from archgraph.search.searcher import ENUMERABLE, every_architecture
from archgraph.search.task import CANDIDATES, SearchTask
from archgraph.typing import IntArray

_LOOK = 256
"""Architectures to look at together."""


def check_feasible(task: SearchTask) -> None:
    """Look for an architecture that keeps the constraints on columns with exact answers.

    All are looked at that the verifier can answer for, and those of a small space; in a large one, ``CANDIDATES`` are
    bred to keep them. One that does ends it.

    Raises:
        ValueError: None does.
    """
    known = [constraint for constraint in task.all_constraints if constraint.column in task.exact_columns]
    looked: list[Evaluation] = []
    for found in _looks(task, known) if known else ():
        if feasible(found, known).any():
            return
        looked.append(found)
    if not looked:
        return
    found = Evaluation.concatenate(looked).explained()
    answered = np.all([np.isfinite(found[constraint.column]) for constraint in known], axis=0)
    if not answered.any():
        raise ValueError(f"none of {found.rows} candidates could be scored: {found.reasons[0]}")
    missed = closest_miss(found.take(answered), known)
    raise ValueError(f"none of {found.rows} candidates keeps {missed}: loosen them")


def _looks(task: SearchTask, known: Sequence[Constraint]) -> Iterator[Evaluation]:
    scorer = task.scorer([constraint.column for constraint in known])
    rows = _listed(task)
    if rows is not None:
        rows = rows[np.random.default_rng([task.seed, 4]).permutation(len(rows))]
        yield from (scorer.evaluate(rows[start : start + _LOOK]) for start in range(0, len(rows), _LOOK))
        return
    from archgraph.search.nsga2 import NSGA2Searcher

    # what breaks constraints less is better, whatever the objective
    goal = Objective(known[0].column, "min" if known[0].relation == "<=" else "max")
    searcher = NSGA2Searcher(task.space, [goal], known, _LOOK, task.seed)
    for _ in range(0, CANDIDATES, _LOOK):
        rows = searcher.ask(_LOOK)
        if not len(rows):
            return
        found = scorer.evaluate(rows)
        searcher.tell(rows, found)
        yield found


def _listed(task: SearchTask) -> IntArray | None:
    """All that there is to look at; None = too much."""
    if task.pool is not None:
        return task.pool
    return every_architecture(task.space) if task.space.size <= ENUMERABLE else None

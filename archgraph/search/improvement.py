"""Which candidates are expected to improve the front most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import feasible, hypervolume, minimised, violation
from archgraph.search.guesses import OWN_ERROR, guesses, scaling
from archgraph.search.selection import greedy_hypervolume, near_front
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray, IntArray

SHORTLIST = 400
"""Near-front candidates to choose from."""

ROUND_WITH_ENDS = 4
"""Rounds of so many architectures look at the ends of the predicted front too; in smaller ones that costs too much."""

SAMPLES = 4096
"""Points for each guess at the truth, of which few are not held yet."""


def most_improving(
    task: SearchTask,
    found: Evaluation,
    probe: Evaluation,
    held: Mapping[str, FloatArray],
    n: int,
    rng: np.random.Generator,
) -> IntArray:
    """Up to ``(n,)`` rows of candidates that are together expected to add most to the front, the most useful first.

    Where there are ``ROUND_WITH_ENDS`` or more, some of the last may be best in one predicted objective instead. None
    are taken if the improvement that is expected of them all is below ``task.min_gain``.

    Args:
        task: Whose objectives and constraints.
        found: Predictions for the candidates, one at least, with deviations.
        probe: Predictions for random architectures, which scale the objectives.
        held: Column to ``(H,)`` finite values of what is verified.
        n: How many.
        rng: Of the guesses at the truth.
    """
    scale = scaling(task, probe, minimised(Evaluation.concatenate([found, probe]), task.objectives))
    keeping = feasible(held, task.all_constraints)
    held = {column: values[keeping] for column, values in held.items()}
    front = scale.apply(held)
    near = _near(task, found, rng)
    chosen = greedy_hypervolume(guesses(task, found.take(near), probe, scale, rng), n, rng, SAMPLES, front)
    volume = hypervolume(front, np.ones(front.shape[1]))
    if chosen.gains.sum() < task.min_gain * volume:
        return near[:0]
    rows = near[chosen.rows]
    return _with_ends(task, found, held, rows) if len(rows) >= ROUND_WITH_ENDS else rows


def _with_ends(task: SearchTask, found: Evaluation, held: Mapping[str, FloatArray], rows: IntArray) -> IntArray:
    """``rows``, of which the last give way to candidates that may be better in one predicted objective than all held.

    Volume counts up to a reference that some architectures are beyond, and by what is predicted. Who is best in one
    objective may be beyond it, and tells how far the predictions hold at the ends of the front.
    """
    points, known = minimised(found, task.objectives), minimised(held, task.objectives)
    kept = violation(found, task.all_constraints) <= 0
    ends: list[int] = []
    for k, objective in enumerate(task.objectives):
        if len(task.objectives) > 1 and objective.column in found.std:
            hopeful = np.where(kept, points[:, k] - OWN_ERROR * np.nan_to_num(found.std[objective.column]), np.inf)
            end = int(np.argmin(hopeful))
            if hopeful[end] < known[:, k].min(initial=np.inf) and end not in (*rows, *ends):
                ends.append(end)
    ends = ends[: len(rows) // 2]
    return np.concatenate([rows[: len(rows) - len(ends)], np.array(ends, dtype=np.int64)])


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

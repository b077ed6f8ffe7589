"""Which candidates are expected to improve the front most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import hypervolume, minimised, violation
from archgraph.search.counted import Counted
from archgraph.search.guesses import OWN_ERROR, guesses
from archgraph.search.selection import greedy_hypervolume, near_front
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray, IntArray

SHORTLIST = 400
"""Near-front candidates to choose from."""

SAMPLES = 4096
"""Points for each guess at the truth, of which few are not held yet."""


def most_improving(
    task: SearchTask,
    found: Evaluation,
    probe: Evaluation,
    counted: Counted,
    held: Mapping[str, FloatArray],
    n: int,
    rng: np.random.Generator,
) -> IntArray:
    """Up to ``(n,)`` rows of candidates that are together expected to add most to the front, the most useful first.

    None are taken if the improvement that is expected of them all is below ``task.min_gain``.

    Args:
        task: Whose objectives and constraints.
        found: Predictions for the candidates, one at least, with deviations.
        probe: Predictions for random architectures.
        counted: How far and how much volume counts.
        held: Column to ``(H,)`` finite values of what is verified and keeps the constraints.
        n: How many.
        rng: Of the guesses at the truth.
    """
    front = counted.apply(held)
    near = _near(task, found, rng)
    chosen = greedy_hypervolume(guesses(task, found.take(near), probe, counted, rng), n, rng, SAMPLES, front)
    volume = hypervolume(front, np.ones(front.shape[1]))
    if chosen.gains.sum() < task.min_gain * volume:
        return near[:0]
    rows: IntArray = near[chosen.rows]
    return rows


def _near(task: SearchTask, found: Evaluation, rng: np.random.Generator) -> IntArray:
    """Rows of candidates that may be on the front, if they are as good as their predictions leave room for."""
    breaks = violation(found, task.all_constraints)
    rows = np.flatnonzero(breaks <= max(0.0, np.sort(breaks)[:SHORTLIST][-1]))
    hopeful = minimised(found, task.objectives)[rows]
    for k, objective in enumerate(task.objectives):
        if objective.column in found.std:
            hopeful[:, k] -= OWN_ERROR * found.std[objective.column][rows]
    near = rows[near_front(hopeful, SHORTLIST, 2 * SHORTLIST, rng)]
    # where none is expected to improve anything the first are taken
    first: IntArray = near[np.argsort(breaks[near], kind="stable")]
    return first

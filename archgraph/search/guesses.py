"""Guesses at the truth about candidates, as far as predictors know it."""

from __future__ import annotations

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import Scaling, feasible, minimised, worst_accepted
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray

DRAWS = 64

OWN_ERROR = 0.5
"""Part of a predicted deviation taken as the candidate's own: about similar candidates a predictor errs alike, which
does not change which of them is better. (On NAS-Bench-201 and five devices 1.0 held less of the front.)"""


def scaling(task: SearchTask, probe: Evaluation, points: FloatArray) -> Scaling:
    """From the best value to the worst that constraints accept; without one, to what 95 % of random architectures beat.

    Args:
        task: Whose objectives.
        probe: Random architectures.
        points: ``(B, K)`` minimised objectives of others, for the best values.
    """
    known = minimised(probe, task.objectives)
    best = np.minimum(np.nanmin(points, axis=0), np.nanmin(known, axis=0))
    worst = np.fmax(np.nanmax(points, axis=0), np.nanmax(known, axis=0))
    reference = np.nanpercentile(known, 95, axis=0)
    # Random architectures may all be alike in an objective.
    reference = np.where(reference > best, reference, best + np.maximum(worst - best, 1e-9))
    plain = Scaling(task.objectives, best, reference)
    return plain.up_to(worst_accepted(task.objectives, task.all_constraints), worst)


def guesses(
    task: SearchTask, found: Evaluation, probe: Evaluation, scale: Scaling, rng: np.random.Generator
) -> FloatArray:
    """``(S, M, K)`` guesses at the scaled truth about M candidates, by the predictors' means and deviations.

    Args:
        task: Whose objectives and constraints; what breaks a constraint is infinitely bad.
        found: Predictions for the candidates, with deviations.
        probe: Random architectures: how much they vary is the most that anybody doubts.
        scale: Of the objectives.
        rng: Of the draws.
    """
    drawn = np.empty((DRAWS, found.rows, len(task.objectives)))
    # Who knows nothing of an architecture still knows how much random ones vary; more doubt than that is an artefact.
    doubt = {
        column: OWN_ERROR * np.minimum(np.nan_to_num(found.std[column]), np.nanstd(probe[column]))
        for column in task.needed
        if column in found.std
    }
    for draw in range(DRAWS):
        guess = {
            column: values + doubt[column] * rng.standard_normal(found.rows) if column in doubt else values
            for column, values in found.items()
        }
        kept = feasible(guess, task.all_constraints)
        drawn[draw] = np.where(kept[:, None], scale.apply(guess), np.inf)
    return drawn

"""Guesses at the truth about candidates, as far as predictors know it."""

from __future__ import annotations

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import feasible
from archgraph.search.counted import Counted
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray

DRAWS = 64

OWN_ERROR = 0.5
"""Part of a predicted deviation taken as the candidate's own: about similar candidates a predictor errs alike, which
does not change which of them is better. (On NAS-Bench-201 and five devices 1.0 held less of the front.)"""


def guesses(
    task: SearchTask, found: Evaluation, probe: Evaluation, counted: Counted, rng: np.random.Generator
) -> FloatArray:
    """``(S, M, K)`` guesses at the scaled truth about M candidates, by the predictors' means and deviations.

    Args:
        task: Whose objectives and constraints; what breaks a constraint is infinitely bad.
        found: Predictions for the candidates, with deviations.
        probe: Random architectures: how much they vary is the most that anybody doubts.
        counted: How far and how much volume counts.
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
        drawn[draw] = np.where(kept[:, None], counted.apply(guess), np.inf)
    return drawn

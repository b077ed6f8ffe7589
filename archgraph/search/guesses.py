"""Guesses at the truth about candidates, as far as predictors know it."""

from __future__ import annotations

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.objectives import Scaling, feasible, minimised, non_dominated
from archgraph.search.task import SearchTask
from archgraph.typing import FloatArray

DRAWS = 64

OWN_ERROR = 0.5
"""Part of a predicted deviation taken as the candidate's own: about similar candidates a predictor errs alike, which
does not change which of them is better. (On NAS-Bench-201 and five devices 1.0 held less of the front.)"""


WORTH = 4.0
"""What the front gives beyond what 95 % of random architectures beat, at most, for what it gains in another objective,
each in widths of what counts otherwise."""


def scaling(task: SearchTask, probe: Evaluation, points: FloatArray, front: FloatArray) -> Scaling:
    """From the best value to what 95 % of random architectures beat, or as far as a front is worth it.

    Random architectures show little of the front where what costs most is by far the best, but where a little is gained
    for much, nobody wants it: a cell of NAS-Bench-201 that is fast because it computes nothing.

    Args:
        task: Whose objectives.
        probe: Random architectures.
        points: ``(B, K)`` minimised objectives of others, for the best values.
        front: ``(F, K)`` those of architectures whose front may reach farther.
    """
    known = minimised(probe, task.objectives)
    best = np.minimum(np.nanmin(points, axis=0), np.nanmin(known, axis=0))
    reference = np.nanpercentile(known, 95, axis=0)
    # Random architectures may all be alike in an objective, or all worse than the constraints allow.
    reference = np.where(reference > best, reference, best + np.maximum(np.nanmax(points, axis=0) - best, 1e-9))
    reach = _reach((front[non_dominated(front)] - best) / (reference - best))
    return Scaling(task.objectives, best, best + (reference - best) * reach)


def _reach(front: FloatArray) -> FloatArray:
    """``(K,)`` how far, at least to 1, the volume counts that ``(F, K)`` scaled points hold."""
    reach = np.ones(front.shape[1])
    for k, values in enumerate(front.T):
        others, beyond = np.delete(front, k, axis=1), values > 1
        gains = (others[~beyond].min(axis=0, initial=1.0) - others).max(axis=1, initial=0.0)
        reach[k] = values[beyond & (values - 1 <= WORTH * gains)].max(initial=1.0)
    return reach


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

"""What who searched should be told of how it ended."""

from __future__ import annotations

import numpy as np

from archgraph.objectives import closest_miss, minimised
from archgraph.search.rounds import ENDED
from archgraph.search.study import Study


def remarks(study: Study) -> list[str]:
    """One line for each thing that a search which ended did not reach: its budget, or what keeps the constraints.

    Args:
        study: Of a search that ended, or is going on: of that only the latter is told.
    """
    found, budget, verified = [], study.settings.get("budget", 0), study.records("verified")
    asked, scored = study.count("chosen"), study.count("predicted")
    if asked < budget and (study.note(ENDED) is not None or (asked and scored)):
        found.append(f"{asked} architectures instead of {budget}: {_why(study, scored)}")
    if study.constraints and len(verified):
        known = np.isfinite(minimised(verified.values, study.objectives)).all(axis=1)
        values = {column: verified.values[column][known] for column in study.columns}
        missed = closest_miss(values, study.constraints) if known.any() else None
        if missed is not None:
            found.append(f"none of {known.sum()} verified architectures keeps {missed}")
    return found


def _why(study: Study, scored: int) -> str:
    """Why a search ended before its budget, having scored so many candidates; 0 = it asks without."""
    if scored:
        return f"no more of {scored} candidates " + ("keep the constraints" if study.constraints else "are there")
    least = study.settings.get("min_gain", 0)
    return "there are no more to ask for" + (f", or none that should gain {least:g}" if least else "")

"""The section of a search in rounds: what was asked when and why, what was predicted of it, and what that brought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archgraph.objectives import feasible, hypervolume_gains, minimised
from archgraph.report.group import Group
from archgraph.report.html import Html, join
from archgraph.report.quantity import Quantity
from archgraph.report.section import Section, chart, lead
from archgraph.report.tables import Cell, Column, table
from archgraph.search import Records, Study
from archgraph.typing import FloatArray, IntArray

MOST_ROUNDS = 60
"""Searches with more, such as those that ask for one architecture at a time, get the curve without the table."""


def rounds_section(study: Study, groups: Sequence[Group], quantities: Sequence[Quantity]) -> Section | None:
    """How much of the hypervolume the verified held after each evaluation, and a row for each round.

    Hypervolume is counted from the best of the verified to the worst in each objective, as a share of what all of them
    hold, and only of what keeps the constraints.

    Args:
        study: The search.
        groups: As the page holds them.
        quantities: The study's objectives and constrained columns, for what readers call them.

    Returns:
        None where all was chosen at once, or nothing of it is verified.
    """
    chosen, verified = study.records("chosen"), study.records("verified")
    if not len(verified) or len(set(chosen.steps.tolist())) < 2:
        return None
    asked = _asked(chosen, verified)
    rounds = chosen.steps[asked]
    held = _held(study, verified)
    spec = {
        "group": [group.role for group in groups].index("verified"),
        "held": [round(100 * share, 4) for share in held.tolist()],
        "rounds": (rounds + 1).tolist(),
        "columns": [quantity.column for quantity in quantities],
    }
    figure = chart(
        "rounds",
        spec,
        "Share of the hypervolume that the verified hold, against evaluations; dotted lines part the rounds.",
        "What was verified first is on the left; choose a point to see its architecture.",
    )
    text = "What each round asked for, why, and how much the verified held then of what they hold in the end."
    few = len(set(rounds.tolist())) <= MOST_ROUNDS
    rows = _table(chosen, verified, asked, rounds, held, quantities) if few else None
    return Section("Round by round", join(lead(text), figure, rows))


def round_ends(study: Study) -> list[int]:
    """How many were verified by the end of each round; none where all was chosen at once."""
    chosen, verified = study.records("chosen"), study.records("verified")
    if not len(verified) or len(set(chosen.steps.tolist())) < 2:
        return []
    rounds = chosen.steps[_asked(chosen, verified)]
    ends: list[int] = [*(np.flatnonzero(np.diff(rounds)) + 1).tolist(), len(rounds)]
    return ends


def _asked(chosen: Records, verified: Records) -> IntArray:
    """``(B,)`` row among the chosen of each of the verified."""
    place = {tuple(genotype): row for row, genotype in enumerate(chosen.genotypes.tolist())}
    return np.array([place[tuple(genotype)] for genotype in verified.genotypes.tolist()])


def _held(study: Study, verified: Records) -> FloatArray:
    """``(B,)`` share of the final hypervolume after each evaluation; 0 throughout where nothing holds any."""
    points = minimised(verified.values, study.objectives)
    good = np.isfinite(points).all(axis=1) & feasible(verified.values, study.constraints)
    if not good.any():
        return np.zeros(len(points))
    best, worst = points[good].min(axis=0), points[good].max(axis=0)
    scaled = np.where(good[:, None], (points - best) / np.where(worst > best, worst - best, 1), np.inf)
    # beyond the worst, so that those at the ends of the front hold something too
    reference = np.full(points.shape[1], 1.1)
    held = np.cumsum(hypervolume_gains(scaled, reference))
    shares: FloatArray = held / held[-1]
    return shares


def _table(
    chosen: Records,
    verified: Records,
    asked: IntArray,
    rounds: IntArray,
    held: FloatArray,
    quantities: Sequence[Quantity],
) -> Html:
    predicted = [quantity for quantity in quantities if quantity.column in chosen.std]
    columns = [Column("round", digits=0), Column("verified", digits=0), Column("chosen by"), Column("failed", digits=0)]
    for quantity in predicted:
        columns.append(Column(f"{quantity.title}, bias", quantity.shown_unit))
        columns.append(Column(f"{quantity.title}, RMSE", quantity.shown_unit))
    columns.append(Column("held after it", "%", 2))
    rows: list[list[Cell]] = []
    for number in dict.fromkeys(rounds.tolist()):
        own = np.flatnonzero(rounds == number)
        failed = sum(verified.reasons[row] is not None for row in own)
        row: list[Cell] = [str(number + 1), len(own), _reason(chosen, int(asked[own[0]])), failed]
        for quantity in predicted:
            guess, truth = chosen.values[quantity.column][asked[own]], verified.values[quantity.column][own]
            both = np.isfinite(guess) & np.isfinite(truth)
            errors = (guess - truth)[both]
            row += [float(errors.mean()), float(np.sqrt(np.mean(errors**2)))] if both.any() else [None, None]
        rows.append([*row, 100 * float(held[own[-1]])])
    return table(columns, rows, "Bias is predicted minus verified")


def _reason(chosen: Records, row: int) -> str:
    """Why an architecture was chosen: for what is predicted of it, by chance before anything is, or by whom."""
    foreseen = np.any([np.isfinite(values) for values in chosen.values.values()], axis=0)
    if foreseen[row]:
        return "what it should add"
    return "chance" if foreseen.any() or chosen.evaluators[row] == "random" else chosen.evaluators[row]

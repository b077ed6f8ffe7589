"""What a study found, as tables for people and as plain values for programs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from archgraph.cli.output import Output
    from archgraph.cli.plan import Plan
    from archgraph.data import ArchTable
    from archgraph.objectives import Objective
    from archgraph.search import Study, Verification
    from archgraph.spaces import SearchSpace

FACTORS = "machine_factors"
"""Note of a study: column to the time that this machine takes over that of the table's."""


def show(study: Study, plan: Plan, output: Output) -> None:
    """Write what ``study`` found: the chosen, the verified, what verification showed, and what was not reached."""
    from archgraph.search import remarks

    verification = verified(study, plan)
    rows = architectures(study, plan.space)
    value = {
        "study": study.place,
        "settings": study.settings,
        "scored": study.count("predicted"),
        "architectures": rows,
        "verification": None if verification is None else verification.to_dict(),
    }
    rows.sort(key=lambda row: _worth(row, study.objectives[0]))
    tables = [architecture_table(rows, study.columns)]
    if verification is not None:
        if verification.columns:
            tables.append(check_table(verification))
        if verification.random_shares:
            tables.append(share_table(verification, study.settings["strategy"]))
    output.result(value, *tables)
    reasons = Counter(row["reason"] for row in rows if row["reason"])
    if reasons:
        output.note(f"{reasons.total()} of {len(rows)} could not be verified: {reasons.most_common(1)[0][0]}")
    for remark in remarks(study):
        output.note(remark)


def _worth(row: Mapping[str, Any], best_first: Objective) -> float:
    """What an architecture is sorted by: the prediction, or what was verified where nothing is predicted."""
    for source in ("predicted", "verified"):
        value = float((row[source] or {}).get(best_first.column, math.nan))
        if not math.isnan(value):
            return -value if best_first.goal == "max" else value
    return math.inf


def verified(study: Study, plan: Plan) -> Verification | None:
    """What verification showed, compared with ``comparable`` rows; None while nothing is verified."""
    from archgraph.search import report

    if not study.count("verified"):
        return None
    table = comparable(study, plan)
    return report(study, None if table is None else table.columns)


def comparable(study: Study, plan: Plan) -> ArchTable | None:
    """The plan's table where its numbers mean the same as the verified ones, else None.

    They do when the table verified, and when the study knows how much longer than the table's this machine takes.
    """
    factors = study.note(FACTORS)
    if (plan.verifier != "table" and factors is None) or plan.table is None:
        return None
    return in_time_of_this_machine(plan.table, factors or {})


def in_time_of_this_machine(table: ArchTable, factors: Mapping[str, float]) -> ArchTable:
    """``table`` with the columns of ``factors`` multiplied by them."""
    scaled = {column: values * factors.get(column, 1.0) for column, values in table.columns.items()}
    return replace(table, columns=scaled)


def page_settings(study: Study, plan: Plan) -> dict[str, object]:
    """What a page must tell beside the study's own settings, so that the work can be repeated."""
    factors: dict[str, float] = study.note(FACTORS) or {}
    times = {f"{column}, this machine over the table's": f"{factor:.2f}" for column, factor in factors.items()}
    settings: dict[str, object] = {"searched": plan.where, "predictors": plan.predictors, "verifier": plan.verifier}
    if plan.table is not None:
        settings["table's sha256"] = plan.table.sha256
        if plan.train_rows is not None:
            settings["training rows"] = plan.train_rows
        elif "=" not in plan.predictors and not plan.learns:
            settings["training rows"] = len(plan.table)
    return settings | times


def architectures(study: Study, space: SearchSpace) -> list[dict[str, Any]]:
    """The chosen architectures in the order of choosing, each with what was predicted and, so far, verified of it."""
    chosen, checked = study.records("chosen"), study.records("verified")
    place = {tuple(genotype): row for row, genotype in enumerate(checked.genotypes.tolist())}
    found = []
    for row, genotype in enumerate(chosen.genotypes.tolist()):
        entry: dict[str, Any] = {
            "architecture": space.format(genotype),
            "genotype": genotype,
            "predicted": {column: float(values[row]) for column, values in chosen.values.items()},
            "verified": None,
            "reason": None,
        }
        at = place.get(tuple(genotype))
        if at is not None:
            entry["verified"] = {column: float(values[at]) for column, values in checked.values.items()}
            entry["reason"] = checked.reasons[at]
        found.append(entry)
    return found


def architecture_table(rows: list[dict[str, Any]], columns: Sequence[str]) -> Table:
    """Predicted values of ``columns`` and, as soon as one architecture is verified, the verified ones beside them.

    Where nothing was predicted there are the verified ones alone.
    """
    from archgraph.cli.output import table

    guessed = any(not math.isnan(value) for row in rows for value in row["predicted"].values())
    checked = any(row["verified"] for row in rows)
    sources = ["predicted"] * (guessed or not checked) + ["verified"] * checked
    heads = ["architecture"]
    for column in columns:
        heads += [f"{column} {sources[0]}", *sources[1:]]
    lines = [
        [row["architecture"]] + [(row[source] or {}).get(column) for column in columns for source in sources]
        for row in rows
    ]
    return table("Chosen architectures", heads, lines)


def front_table(study: Study, space: SearchSpace, verification: Verification, most: int) -> Table:
    """The front among the verified, by the first objective; evenly thinned to at most ``most`` architectures."""
    from archgraph.cli.output import table

    checked = study.records("verified")
    front = list(verification.front)
    if len(front) > most:
        front = [front[round(place * (len(front) - 1) / (most - 1))] for place in range(most)]
    columns = [objective.column for objective in study.objectives]
    rows = [[space.format(checked.genotypes[row]), *(float(checked.values[c][row]) for c in columns)] for row in front]
    title = f"Verified front: {len(verification.front)} of {verification.verified} architectures"
    return table(
        title if len(rows) == len(verification.front) else f"{title}, {len(rows)} shown",
        ("architecture", *columns),
        rows,
    )


def check_table(verification: Verification) -> Table:
    """Predicted against verified, column by column."""
    from archgraph.cli.output import table

    heads = ("column", "verified", "bias", "RMSE", "tau", "winner's gap")
    rows = [[c.column, c.n, c.bias, c.rmse, c.tau, c.winner_gap] for c in verification.columns]
    return table("Predicted minus verified", heads, rows)


def share_table(verification: Verification, strategy: str = "guided") -> Table:
    """Hypervolume of the verified, which ``strategy`` chose, against that of random search."""
    from archgraph.cli.output import table

    rows = [[strategy, verification.verified, 100 * verification.share]]
    if verification.random_shares:
        rows.append(["random", verification.verified, 100 * verification.random_share])
    return table("Share of the known hypervolume", ("search", "verifications", "share (%)"), rows)

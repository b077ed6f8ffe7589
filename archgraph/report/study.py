"""A search study as a page: what it found, what predictions were worth, and how random search compares."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib import metadata

import numpy as np

from archgraph.data import ArchTable
from archgraph.report.agreement import agreement_section
from archgraph.report.curves import Record, Reference
from archgraph.report.front import front_section
from archgraph.report.page import Fact, write_page
from archgraph.report.quantity import Quantity, decimals, number_text
from archgraph.report.rank import rank_section
from archgraph.report.rounds import round_ends, rounds_section
from archgraph.report.study_groups import COSTS, study_groups, study_quantities
from archgraph.search import PHASES, Study, Verification
from archgraph.search import report as verification_of
from archgraph.spaces import SearchSpace

VERSIONED = ("archgraph", "torch", "torch-geometric", "xgboost", "scikit-learn", "pymoo", "numpy")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_study_page(
    path: str | os.PathLike[str],
    study: Study,
    space: SearchSpace,
    table: ArchTable | None = None,
    *,
    verification: Verification | None = None,
    records: Sequence[Record] = (),
    references: Sequence[Reference] = (),
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    title: str = "",
    date: str = "",
) -> None:
    """Write a study's page; a study that was interrupted gets one of what it has so far.

    Args:
        path: Of the HTML file.
        study: The search.
        space: Its space.
        table: The benchmark that the verified are compared with; its rows are the backdrop of the front.
        verification: What verification showed; None works it out.
        records: Of a rank-correlation study of the predictors.
        references: Lines to draw beside the rank curves.
        units: Column to unit, before those of the table.
        labels: Column to what readers call it.
        settings: Name to value, beside the study's own.
        title: The page's heading; empty for one made of the objectives.
        date: When the work was done, as readers should see it; empty for the day of the study's last evaluation (UTC).

    Raises:
        ValueError: The study holds no architectures.
        OSError: The file cannot be written.
    """
    verification = verification or _verification(study, table)
    quantities = study_quantities(study, space, table, units, labels)
    groups = study_groups(study, space, table, verification.front if verification else ())
    if not any(group.role != "table" for group in groups):
        raise ValueError("the study holds no architectures yet; search first")
    # The side panel tells all that is known; axes and tables keep to what the search was about.
    sought = [quantity for quantity in quantities if quantity.column in {*study.columns, *COSTS}]
    asked = [quantity for quantity in quantities if quantity.column in study.columns]
    sections = [
        front_section(groups, sought, round_ends(study)),
        rounds_section(study, groups, asked),
        agreement_section(groups, quantities),
    ]
    if records:
        sections.append(rank_section(records, references))
    write_page(
        path,
        title or _title(quantities, len(study.objectives)),
        [section for section in sections if section],
        summary=_summary(study, space),
        facts=_facts(study, verification, quantities),
        settings=_settings(study, settings or {}),
        date=date or _day(study),
        groups=groups,
        quantities=quantities,
    )


def versions(packages: Iterable[str] = VERSIONED) -> dict[str, str]:
    """Version of Python and of those packages that are installed."""
    found = {"Python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def count_text(count: int) -> str:
    """``count`` with commas, or from ten million on as a power of ten."""
    if count < 10_000_000:
        return f"{count:,}"
    # Decimal, because spaces outgrow floats.
    digits, _, power = f"{Decimal(count):.1e}".partition("e+")
    return f"{digits} × 10{power.translate(_SUPERSCRIPT)}"


def _verification(study: Study, table: ArchTable | None) -> Verification | None:
    if not study.count("verified"):
        return None
    comparable = table is not None and all(column in table.columns for column in study.columns)
    return verification_of(study, table.columns if table is not None and comparable else None)


def _day(study: Study) -> str:
    """The day of the last evaluation; the same study gives the same page."""
    for phase in reversed(PHASES):
        if study.count(phase):
            day = datetime.fromtimestamp(study.records(phase).at.max(), tz=UTC)
            return f"{day.day} {day:%B %Y}"
    return ""


def _title(quantities: Sequence[Quantity], objectives: int) -> str:
    names = [quantity.title for quantity in quantities[:objectives]]
    text = " against ".join(names) if len(names) == 2 else ", ".join(names)
    return text[:1].upper() + text[1:]


def _summary(study: Study, space: SearchSpace) -> str:
    scored, chosen, verified = (study.count(phase) for phase in ("predicted", "chosen", "verified"))
    led = f"led by the {study.settings.get('strategy', 'given')} strategy"
    if not scored and chosen:
        return f"{verified:,} of the {count_text(space.size)} genotypes of {space.name} were verified, {led}."
    if not chosen:
        asked = "None of them is chosen for verification yet."
    elif verified == chosen:
        asked = f"The {verified} chosen from them were then verified."
    else:
        asked = f"{verified} of the {chosen} chosen from them are verified so far."
    return f"Predictors scored {scored:,} of the {count_text(space.size)} genotypes of {space.name}, {led}. {asked}"


def _facts(study: Study, verification: Verification | None, quantities: Sequence[Quantity]) -> list[Fact]:
    if verification is None:
        return [Fact("Candidates scored", f"{study.count('predicted'):,}")]
    scored = study.count("predicted")
    notes = [f"of {scored:,} scored"] * (scored > 0) + [f"{verification.failed} failed"] * (verification.failed > 0)
    facts = [Fact("Verified", str(verification.verified), "", "; ".join(notes))]
    if np.isfinite(verification.share):
        facts.append(Fact("Hypervolume", _percent(verification.share), "%", "of what all known architectures hold"))
    if verification.random_shares:
        sets = len(verification.random_shares)
        note = "with as many verifications" + (f", median of {sets:,} draws" if sets > 1 else "")
        facts.append(Fact("Random search", _percent(verification.random_share), "%", note))
    by_column = {quantity.column: quantity for quantity in quantities}
    for check in verification.columns:
        quantity = by_column[check.column]
        bias = number_text(check.bias, decimals([check.bias], 2))
        facts.append(
            Fact(
                f"Rank correlation, {quantity.title}",
                number_text(check.tau, 2),
                "τ",
                f"of the verified; bias {bias} {quantity.shown_unit}".rstrip(),
            )
        )
    return facts


def _percent(share: float) -> str:
    return number_text(100 * share, 1)


def _settings(study: Study, more: Mapping[str, object]) -> dict[str, object]:
    settings: dict[str, object] = {}
    for name, value in study.settings.items():
        if name == "choices":
            settings["genes"] = len(value)
        else:
            settings[name] = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
    seconds = float(np.sum(study.records("verified").seconds))
    if seconds >= 0.1:
        settings["verification took"] = f"{seconds:,.1f} s"
    return {**settings, **more, **versions()}

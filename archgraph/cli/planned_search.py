"""Carry out a plan: search as it says, go on with it, or help with it."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archgraph.cli.options import LEASE
from archgraph.cli.plan import Plan

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.search import Study


def run(
    plan: Plan,
    place: str | Path | None,
    output: Output,
    lease: float = LEASE,
    workers: str = "1",
    timeout: float | None = None,
) -> Study:
    """Search as planned, go on where the study in ``place`` stopped, or help with it while it runs.

    Who interrupts it, or gave it too little time, is told how to go on.

    Raises:
        ValueError: Another verifier answered before; what ``search`` raises.
    """
    from archgraph._place import Place, is_url

    try:
        return _searched(plan, place, output, lease, workers, timeout)
    except (KeyboardInterrupt, SystemExit):
        kept = place is not None and (is_url(place) or Path(place).exists())
        shown = Place.parse(place).shown
        with suppress(OSError):  # of a terminal that is gone
            output.note(f"interrupted; 'archgraph resume {shown}' goes on" if kept else "interrupted, nothing was kept")
        raise


def _searched(
    plan: Plan, place: str | Path | None, output: Output, lease: float, workers: str, timeout: float | None
) -> Study:
    from archgraph.cli.crew import hired
    from archgraph.search import search, verify_random

    verifier, at_a_time = hired(plan, workers)
    ends = math.inf if timeout is None else time.monotonic() + timeout
    if place is not None:
        _check_verifier(plan, place)
    with output.progress() as report:
        study = search(
            plan.space,
            plan.objectives,
            plan.models(),
            verifier=verifier,
            constraints=plan.constraints,
            strategy=plan.strategy,
            budget=plan.budget,
            candidates=plan.candidates,
            population=plan.population,
            min_gain=plan.min_gain,
            seed=plan.seed,
            study=place,
            notes={"plan": plan.to_dict()},
            progress=report,
            lease=lease,
            workers=at_a_time,
            labelled=plan.labelled(),
            timeout=timeout,
        )
        if plan.verifier != "none":
            study.set_note("plan", plan.to_dict())
        if plan.random and verifier is not None and time.monotonic() < ends:
            left = ends - time.monotonic()
            verify_random(study, plan.space, verifier, None, report, lease, at_a_time, left)
    done, phase = (study.count("chosen"), "chosen") if verifier is None else (study.count("verified"), "verified")
    if time.monotonic() >= ends and done < plan.budget:
        shown = f"; 'archgraph resume {study.place}' goes on" if place is not None else ""
        output.note(f"ended after {timeout:g} s with {done} of {plan.budget} {phase}{shown}")
    return study


def same_verifier(plan: Plan, study: Study) -> None:
    """Hold ``plan`` against what ``study`` was verified by: answers of two verifiers are not the same truth.

    Raises:
        ValueError: Another verifier answered already.
    """
    before = Plan.of(study)
    answered = study.count("verified") + study.count("random")
    if answered and "none" not in (plan.verifier, before.verifier) and plan.by_whom != before.by_whom:
        raise ValueError(
            f"study {study.place!r} was verified by the {before.by_whom}, not by the {plan.by_whom}; "
            "begin another study"
        )


def _check_verifier(plan: Plan, place: str | Path) -> None:
    """``same_verifier`` for the study in ``place``, if there is one that the command line began."""
    from archgraph.search import Study

    try:
        study = Study(place, read_only=True)
    except (FileNotFoundError, ValueError):
        # None yet, or none that can be used: the search itself tells which.
        return
    with study:
        if study.note("plan") is not None:
            same_verifier(plan, study)

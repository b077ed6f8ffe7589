"""The main job: predictors from a benchmark, a search with them, and the truth from a supernet about the final few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.cli.plan import Plan
    from archgraph.data import ArchTable
    from archgraph.predictors import Predictor
    from archgraph.search import Study, Verification

KINDS = ("xgb", "gnn")
STUDY, PAGE = "study.db", "report.html"


@dataclass(frozen=True)
class Size:
    """How much of everything.

    Attributes:
        train_rows: Rows to train on; all others test.
        candidates: Architectures to score by predictions.
        budget: Architectures to verify, and random ones to compare with.
        machine_rows: Rows of the table to measure again on this machine.
        parameters: Kind of predictor to its arguments.
    """

    train_rows: int = 300
    candidates: int = 20_000
    budget: int = 20
    machine_rows: int = 24
    parameters: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Outcome:
    """What the job found.

    Attributes:
        table: The benchmark, latencies in the time of this machine.
        factors: Column to the time that this machine takes over that of the table's.
        records: Quality of each predictor, as rank-correlation studies record it.
        used: Target to the kind of predictor that the search used.
        plan: What was searched.
        study: Everything that was asked; open.
        verification: What the verified are worth.
        page: The HTML report.
        seconds: Phase to duration.
    """

    table: ArchTable
    factors: dict[str, float]
    records: list[dict[str, Any]]
    used: dict[str, str]
    plan: Plan
    study: Study
    verification: Verification
    page: Path
    seconds: dict[str, float]


def main_job(folder: Path, size: Size, seed: int, output: Output) -> Outcome:
    """Run the job on the embedded benchmark and write models, study and page into ``folder``.

    Raises:
        OSError: The folder cannot be written, or the benchmark's files cannot be read.
    """
    from archgraph.cli.plan import Plan, run
    from archgraph.data import load
    from archgraph.evaluators.embedded import embedded_names, machine_factors
    from archgraph.report import write_study_page
    from archgraph.search import report as verification_of

    name = embedded_names()[0]
    table = load(name)
    targets = job_targets(name)
    clock = _Clock()
    records, models = _fit_all(table, list(targets), size, seed, output)
    files = _save(models, folder)
    used = {target: _best(models, target) for target in targets}
    clock.stop("predictors")
    plan = Plan(
        where=name,
        objectives=tuple(f"{target}:{goal}" for target, goal in targets.items()),
        predictors=",".join(f"{target}={files[target, kind]}" for target, kind in used.items()),
        verifier="supernet",
        budget=size.budget,
        candidates=size.candidates,
        random=True,
        seed=seed,
    )
    for leftover in folder.glob(f"{STUDY}*"):
        leftover.unlink()
    study = run(plan, folder / STUDY, output)
    clock.stop("search and verification")
    factors = machine_factors(table, list(targets), size.machine_rows, seed)
    here = in_time_of_this_machine(table, factors)
    verification = verification_of(study, here.columns)
    page = folder / PAGE
    write_study_page(page, study, plan.space, here, records=records)
    clock.stop("machine and page")
    return Outcome(here, factors, records, used, plan, study, verification, page, clock.seconds)

"""The main job: predictors from a benchmark, a search with them, and the truth from a supernet about the final few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
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
        train_rows: Numbers of rows to train on, ascending, all others test; the search uses the models of the last.
        candidates: Architectures to score by predictions.
        budget: Architectures to verify, and random ones to compare with.
        machine_rows: Rows of the table to measure again on this machine.
        parameters: Kind of predictor to its arguments.
    """

    train_rows: tuple[int, ...] = (75, 150, 300)
    candidates: int = 20_000
    budget: int = 20
    machine_rows: int = 24
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


QUICK = Size(train_rows=(100,), candidates=1000, budget=4, machine_rows=6, parameters={"gnn": {"epochs": 15}})
"""Enough to see that everything works, not to judge it by."""


@dataclass(frozen=True)
class Outcome:
    """What the job found.

    Attributes:
        table: The benchmark, latencies in the time of this machine.
        factors: Column to the time that this machine takes over that of the table's.
        records: Quality of each predictor, as rank-correlation studies record it.
        ceilings: Target to the tau that noise leaves to a perfect predictor, for those whose card tells.
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
    ceilings: dict[str, float]
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
    from archgraph.cli.output import writable
    from archgraph.cli.plan import Plan
    from archgraph.cli.planned_search import run
    from archgraph.cli.studies import FACTORS, in_time_of_this_machine, page_settings
    from archgraph.data import load
    from archgraph.evaluators.embedded import embedded_names, machine_factors
    from archgraph.report import Reference, write_study_page
    from archgraph.search import report as verification_of

    for file in (STUDY, PAGE):
        writable(folder / file)
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
    for ending in ("", "-wal", "-shm"):
        (folder / f"{STUDY}{ending}").unlink(missing_ok=True)
    study = run(plan, folder / STUDY, output)
    clock.stop("search and verification")
    factors = machine_factors(table, list(targets), size.machine_rows, seed)
    study.set_note(FACTORS, factors)
    here = in_time_of_this_machine(table, factors)
    verification = verification_of(study, here.columns)
    page = folder / PAGE
    ceilings = noise_ceilings(name, targets)
    lines = [Reference("tau", value, "noise ceiling", f"{name}/{target}") for target, value in ceilings.items()]
    chosen = ", ".join(f"{kind} of {target}" for target, kind in used.items())
    settings = page_settings(study, plan) | {"predictors": chosen, "training rows": size.train_rows[-1]}
    write_study_page(
        page,
        study,
        plan.space,
        here,
        verification=verification,
        records=records,
        references=lines,
        settings=settings,
    )
    clock.stop("machine and page")
    return Outcome(here, factors, records, ceilings, used, plan, study, verification, page, clock.seconds)


def job_targets(name: str) -> dict[str, str]:
    """The accuracy and the latency column of an embedded data set, each with its goal.

    They are the first column of its card that is scored on images, and the first that is measured on a device.
    """
    from archgraph._datasets import dataset_card

    columns = dataset_card(name)["columns"]
    first = (next(column for column, given in columns.items() if how in given) for how in ("images", "device"))
    return {column: columns[column]["goal"] for column in first}


def noise_ceilings(name: str, targets: Iterable[str]) -> dict[str, float]:
    """Target to the Kendall's tau that a perfect predictor reaches, as far as the card of the data set tells."""
    from archgraph._datasets import dataset_card

    figures = dataset_card(name).get("figures", {})
    found = {target: figures.get(f"{target}_tau_ceiling") for target in targets}
    return {target: float(value) for target, value in found.items() if value is not None}


def _fit_all(
    table: ArchTable, targets: Sequence[str], size: Size, seed: int, output: Output
) -> tuple[list[dict[str, Any]], dict[tuple[str, str], Predictor]]:
    """Records of the quality of each kind for each target and number of rows, and the models of the last number."""
    records: list[dict[str, Any]] = []
    models: dict[tuple[str, str], Predictor] = {}
    jobs = list(product(targets, size.train_rows, KINDS))
    with output.progress() as report:
        for done, (target, rows, kind) in enumerate(jobs):
            report("predictors", done, len(jobs))
            arguments = {"seed": seed, **size.parameters.get(kind, {})}
            models[target, kind], scored = _fit(table, target, rows, kind, arguments)
            task = {"task": f"{table.name}/{target}", "method": kind, "size": rows, "seed": seed}
            records += [task | record for record in scored]
    return records, models


def _fit(
    table: ArchTable, target: str, rows: int, kind: str, arguments: Mapping[str, Any]
) -> tuple[Predictor, list[dict[str, Any]]]:
    """A model, and metric, value and unit of each thing that was found out about it."""
    from archgraph.cli.fit import tested
    from archgraph.predictors import REGISTRY

    train, test = table.measured(target).split(rows, arguments["seed"])
    start = perf_counter()
    model = REGISTRY.get(kind)(**arguments).fit(train.graphs, train[target], target, table.units[target])
    seconds = perf_counter() - start
    scores = {**tested(model, test, target), "fit_seconds": seconds}
    units = {"rmse": table.units[target], "fit_seconds": "s"}
    return model, [{"metric": name, "value": value, "unit": units.get(name, "")} for name, value in scores.items()]


def _best(models: Mapping[tuple[str, str], Predictor], target: str) -> str:
    """The kind that ranks best under cross-validation on the training rows."""
    return max(KINDS, key=lambda kind: models[target, kind].card_["cv_tau"] or -1.0)


def _save(models: Mapping[tuple[str, str], Predictor], folder: Path) -> dict[tuple[str, str], Path]:
    files = {key: (folder / f"{key[0]}-{key[1]}.agp").absolute() for key in models}
    for key, model in models.items():
        model.save(files[key])
    return files


class _Clock:
    """Seconds between stops."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def stop(self, phase: str) -> None:
        now = perf_counter()
        self.seconds[phase] = now - self._last
        self._last = now

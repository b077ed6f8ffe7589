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


def job_targets(name: str) -> dict[str, str]:
    """The accuracy and the latency column of an embedded data set, each with its goal.

    They are the first column of its card that is scored on images, and the first that is measured on a device.
    """
    from archgraph._datasets import dataset_card

    columns = dataset_card(name)["columns"]
    first = (next(column for column, given in columns.items() if how in given) for how in ("images", "device"))
    return {column: columns[column]["goal"] for column in first}


def in_time_of_this_machine(table: ArchTable, factors: Mapping[str, float]) -> ArchTable:
    """``table`` with the columns of ``factors`` multiplied by them."""
    return replace(
        table, columns={column: values * factors.get(column, 1.0) for column, values in table.columns.items()}
    )


def _fit_all(
    table: ArchTable, targets: Sequence[str], size: Size, seed: int, output: Output
) -> tuple[list[dict[str, Any]], dict[tuple[str, str], Predictor]]:
    """Records of the quality of each kind for each target, and the models."""
    from archgraph.cli.fit import tested
    from archgraph.predictors import REGISTRY

    records: list[dict[str, Any]] = []
    models: dict[tuple[str, str], Predictor] = {}
    with output.progress() as report:
        for target in targets:
            train, test = table.measured(target).split(size.train_rows, seed)
            for kind in KINDS:
                report("predictors", len(models), len(targets) * len(KINDS))
                start = perf_counter()
                model = REGISTRY.get(kind)(seed=seed, **(size.parameters or {}).get(kind, {}))
                models[target, kind] = model.fit(train.graphs, train[target], target, table.units[target])
                seconds = perf_counter() - start
                scores = {**tested(model, test, target), "fit_seconds": seconds}
                units = {"rmse": table.units[target], "fit_seconds": "s"}
                records += [
                    {"task": f"{table.name}/{target}", "method": kind, "size": size.train_rows, "seed": seed}
                    | {"metric": metric, "value": value, "unit": units.get(metric, "")}
                    for metric, value in scores.items()
                ]
    return records, models


def _best(models: Mapping[tuple[str, str], Predictor], target: str) -> str:
    """The kind that ranks best under cross-validation on the training rows."""
    return max(KINDS, key=lambda kind: models[target, kind].card["cv_tau"] or -1.0)


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

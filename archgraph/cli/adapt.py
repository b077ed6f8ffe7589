"""``archgraph adapt``: from measurements on many devices and few on a new one to a predictor for that one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archgraph.cli.options import Json, Operators, Quiet, Seed

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.data import Measurements
    from archgraph.evaluators import View
    from archgraph.predictors import KnownDevices
    from archgraph.spaces import SearchSpace

CANDIDATES = 2000
"""Random architectures to choose from."""

OTHERS = 200
"""Random architectures of which is told how well they are known."""


def adapt(
    known: Annotated[
        Path,
        typer.Argument(
            metavar="DEVICES",
            help="Known devices, as 'archgraph fit TABLE --devices' saved them, or a model that it made of some with"
            " --target.",
        ),
    ],
    measurements: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was measured on the new device: CSV, JSON lines or Parquet."),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of the measurements; latency_ms, or else the only column of numbers, unless given.",
        ),
    ] = None,
    architecture: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column with the architectures.")
    ] = "architecture",
    unit: Annotated[str, typer.Option(help="Unit of the measurements.")] = "ms",
    choose: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Instead, print N architectures to measure: those that tell most, beside --measurements.",
        ),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(help="Search space of the architectures; that of the known devices, unless given."),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Instead of --space: the space of this table, as of graphs of your own."),
    ] = None,
    operators: Operators = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to save the model.")] = Path(
        "adapted.agp"
    ),
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Predict for a new device what was measured on others, after three measurements or more."""
    from archgraph.cli.output import Output, check_apart, writable
    from archgraph.data import read_measurements
    from archgraph.evaluators import View
    from archgraph.latency import OperatorSum
    from archgraph.predictors import DevicePredictor, load_known_devices

    if measurements is None and choose is None:
        raise ValueError("give --measurements, to adapt to them, or --choose, to be told what to measure")
    output = Output(json, quiet)
    if choose is None:
        check_apart("--out", writable(out), known, measurements, table, operators)
    devices = load_known_devices(known)
    searched = _space(devices, known, space, table)
    sums = None if operators is None else OperatorSum.load(operators)
    view = View(bool(devices.card.get("as_written")), sums)

    def read(least: int) -> Measurements:
        found = read_measurements(
            str(measurements), searched, column, architecture, least, as_written=view.as_written, naming="--column"
        )
        for remark in found.remarks:
            output.note(remark)
        return found

    if choose is not None:
        texts = chosen(devices, searched, view, choose, seed, None if measurements is None else read(1))
        output.result([{"architecture": text} for text in texts], "\n".join(texts))
        return
    _adapted(devices, searched, view, read(DevicePredictor.least_rows), unit, out, seed, output)


def _space(devices: KnownDevices, file: Path, name: str | None, table: str | None) -> SearchSpace:
    """The space of what was measured."""
    from archgraph.data import load
    from archgraph.spaces import REGISTRY, space

    if name is not None and table is not None:
        raise ValueError("give --space or --table, not both")
    if table is not None:
        return load(table).space
    told = devices.card.get("space") if name is None else name
    if name is None and told not in REGISTRY:
        of = "do not say of which search space they are" if told is None else f"are of {told!r}, which has no generator"
        raise ValueError(f"the known devices of {str(file)!r} {of}; give --space, or --table with the architectures")
    return space(str(told))


def _adapted(
    devices: KnownDevices,
    searched: SearchSpace,
    view: View,
    measured: Measurements,
    unit: str,
    out: Path,
    seed: int,
    output: Output,
) -> None:
    import numpy as np

    from archgraph.cli.devices import note_if_unlike
    from archgraph.cli.output import facts
    from archgraph.predictors import DevicePredictor

    model = DevicePredictor(known=devices, seed=seed)
    model.fit(view.graphs(searched, measured.genotypes), measured.values, measured.column, unit)
    view.keep_in(model)
    model.save(out)
    card = model.card_
    note_if_unlike(model, output)
    others = searched.sample(OTHERS, np.random.default_rng(seed))
    within = float(np.median(model.factors(view.graphs(searched, others))))
    nearest = sorted(card["known_devices"].items(), key=lambda item: -item[1])[:3]
    shown = {
        "model": str(out),
        "measurements": card["n"],
        "told by known devices": f"{sum(model.shares_.values()):.0%}",
        "most by": ", ".join(f"{name} ({share:.0%})" for name, share in nearest) or "none",
        "90 % of others within": f"a factor of {within:.2f}",
        "held-out error, median": f"{card['cv_relative_error']:.1%}",
        f"held-out error, RMSE ({unit})": card["cv_rmse"],
        "held-out spearman": card["cv_spearman"],
    }
    output.result({"model": str(out), "within_factor": within, "card": card}, facts(shown))


def chosen(
    devices: KnownDevices,
    searched: SearchSpace,
    view: View,
    n: int,
    seed: int,
    measured: Measurements | None = None,
) -> list[str]:
    """The ``n`` random architectures that tell most beside those measured, as texts."""
    import numpy as np

    from archgraph.features.telling import telling_rows

    rng = np.random.default_rng(seed)
    drawn, given = searched.sample(CANDIDATES, rng), [] if measured is None else [measured.genotypes]
    genotypes, place = np.unique(searched.canonical(np.concatenate([*given, drawn])), axis=0, return_inverse=True)
    known = np.unique(place.reshape(-1)[: len(place) - len(drawn)]).tolist()
    free = len(genotypes) - len(known)
    if n > free:
        raise ValueError(f"--choose must be at most {free}, the random architectures to choose from, but is {n}")
    graphs = view.graphs(searched, genotypes)
    vectors = np.column_stack([np.log(devices.predict(graphs)), devices.work(graphs)[:, devices.work.counts]])
    return [searched.format(genotypes[row]) for row in telling_rows(vectors, n, known)]

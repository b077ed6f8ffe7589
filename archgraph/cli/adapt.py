"""``archgraph adapt``: from measurements on many devices and few on a new one to a predictor for that one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archgraph.cli.options import Json, Quiet, Seed

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.predictors import KnownDevices
    from archgraph.spaces import SearchSpace

CANDIDATES = 2000
"""Random architectures to choose from."""


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
    column: Annotated[str, typer.Option(metavar="COLUMN", help="Column of the measurements.")] = "latency_ms",
    architecture: Annotated[
        str, typer.Option(metavar="COLUMN", help="Column with the architectures.")
    ] = "architecture",
    unit: Annotated[str, typer.Option(help="Unit of the measurements.")] = "ms",
    choose: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Instead, print N architectures to measure: those that tell most."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to save the model.")] = Path(
        "adapted.agp"
    ),
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Predict for a new device what was measured on others, after three measurements or more."""
    from archgraph.cli.output import Output, check_apart, writable
    from archgraph.predictors import load_known_devices
    from archgraph.spaces import space

    if (measurements is None) == (choose is None):
        raise ValueError("give either --measurements, to adapt to them, or --choose, to be told what to measure")
    output = Output(json, quiet)
    check_apart("--out", writable(out), known, measurements)
    devices = load_known_devices(known)
    searched = space(devices.card["space"])
    if choose is not None:
        texts = chosen(devices, searched, choose, seed)
        output.result([{"architecture": text} for text in texts], "\n".join(texts))
        return
    _adapted(devices, searched, Path(str(measurements)), (architecture, column, unit), out, seed, output)


def _adapted(
    devices: KnownDevices,
    searched: SearchSpace,
    measurements: Path,
    named: tuple[str, str, str],
    out: Path,
    seed: int,
    output: Output,
) -> None:
    from archgraph.cli.output import facts
    from archgraph.data import read_own
    from archgraph.predictors import DevicePredictor

    architecture, column, unit = named
    table = read_own(measurements, searched, [column], architecture).measured(column)
    model = DevicePredictor(known=devices, seed=seed).fit(table.graphs, table[column], column, unit)
    model.save(out)
    card = model.card_
    if model.is_unlike:
        output.note(
            f"the device of {measurements} is like none of the known ones; its own measurements tell nearly all"
        )
    nearest = sorted(card["known_devices"].items(), key=lambda item: -item[1])[:3]
    shown = {
        "model": str(out),
        "measurements": card["n"],
        "told by known devices": f"{sum(model.shares_.values()):.0%}",
        "most by": ", ".join(f"{name} ({share:.0%})" for name, share in nearest) or "none",
        f"held-out error ({unit})": card["cv_rmse"],
        "held-out spearman": card["cv_spearman"],
    }
    output.result({"model": str(out), "card": card}, facts(shown))


def chosen(devices: KnownDevices, searched: SearchSpace, n: int, seed: int) -> list[str]:
    """The ``n`` most telling of random architectures, as texts."""
    import numpy as np

    from archgraph.features.telling import telling_rows

    rng = np.random.default_rng(seed)
    genotypes = np.unique(searched.canonical(searched.sample(CANDIDATES, rng)), axis=0)
    graphs = searched.graphs(genotypes)
    vectors = np.column_stack([np.log(devices.predict(graphs)), devices.work(graphs)[:, devices.work.counts]])
    return [searched.format(genotypes[row]) for row in telling_rows(vectors, n)]

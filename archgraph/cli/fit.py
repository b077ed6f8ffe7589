"""``archgraph fit``: train a predictor on a benchmark and save it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archgraph.cli.options import Inputs, Json, Operators, Quiet, Seed, Table

if TYPE_CHECKING:
    from archgraph.cli.output import Output
    from archgraph.data import ArchTable
    from archgraph.predictors import Predictor


def fit(
    table: Table,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column to predict.")] = None,
    predictor: Annotated[str | None, typer.Option(help="Kind of predictor; xgb unless given.")] = None,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="Random rows to train on, all others test; all, unless given.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to save the model, or what is known of devices; model.agp or devices.agp, unless given.",
        ),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An argument of the predictor; repeatable.")
    ] = None,
    prior: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Begin with what 'archgraph pretrain' learned, adapted to the table's graphs."
        ),
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,...",
            help="Costs on known devices ('help_*' names several), each of 32 rows or more, to begin with for the"
            " target. Without a target they are saved for 'archgraph adapt'.",
        ),
    ] = None,
    inputs: Inputs = None,
    operators: Operators = None,
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Train a predictor on a benchmark, test it on the other rows, and save it as one file.

    With --devices and no --target, save what is known of devices; 'archgraph adapt' begins with it on a new one.
    """
    from time import perf_counter

    from archgraph.bench import predictor_class
    from archgraph.cli.devices import known_devices, note_if_unlike
    from archgraph.cli.operators import COLUMN, networks, with_sums
    from archgraph.cli.options import comma_separated
    from archgraph.cli.output import Output, check_apart, writable
    from archgraph.cli.output import facts as listed
    from archgraph.data import load
    from archgraph.evaluators import View
    from archgraph.latency import OperatorSum
    from archgraph.predictors import load_prior

    output = Output(json, quiet)
    out = writable(out or Path("devices.agp" if target is None else "model.agp"))
    check_apart("--out", out, table, prior, operators)
    if target is None:
        given = {"--predictor": predictor, "--n": n, "--param": param, "--prior": prior}
        for option, value in (given | {"--inputs": inputs, "--operators": operators}).items():
            if value is not None:
                raise ValueError(f"{option} is for predictors of a --target, but there is none")
        _save_devices(table, devices, out, seed, output)
        return
    predictor = predictor or ("transfer" if prior is not None else "device" if devices is not None else "xgb")
    kind = predictor_class(predictor)
    if prior is not None and "prior" not in kind().get_params():
        raise ValueError(
            f"--prior is for --predictor transfer; for {predictor} beneath it, add --param base={predictor}"
        )
    if devices is not None and "known" not in kind().get_params():
        raise ValueError(f"--devices is for --predictor device, but --predictor is {predictor}")
    sums = None if operators is None else OperatorSum.load(operators)
    begin = None if prior is None else load_prior(prior)
    with output.progress() as report:
        loaded = load(table, progress=report)
        rows = loaded.measured(target)
        beside = [] if inputs is None else comma_separated(inputs, "--inputs")
        if sums is not None:
            rows, beside = with_sums(rows, sums.sums(networks(rows, report))), [*beside, COLUMN]
        beside = rows.matching(*beside)
        if target in beside:
            option, said = ("--operators", COLUMN) if target == COLUMN else ("--inputs", inputs)
            raise ValueError(f"{option} must not hold the column to predict, but {said!r} holds {target!r}")
        train, test = (rows, None) if n is None else rows.split(n, seed)
        known: dict[str, Any] = {}
        if begin is not None:
            known = {"prior": begin.at(rows.graphs_for(target)), "goal": loaded.goals.get(target, "max")}
        if devices is not None:
            known["known"] = known_devices(loaded, devices, target, seed, report)
        model = _made(kind, {"seed": seed, **known, **parameters(param or [])})
        start = perf_counter()
        report(f"fitting {predictor} on {len(train):,} rows", 0, 0)
        model.fit(train.graphs_for(target, *beside), train[target], target, loaded.units[target])
        seconds = perf_counter() - start
    View(loaded.as_written(target), sums).keep_in(model)
    model.save(out)
    if devices is not None:
        note_if_unlike(model, output)
    scores = {} if test is None else tested(model, test, target)
    facts: dict[str, Any] = {
        "model": str(out),
        "table": loaded.name or table,
        "target": target,
        "unit": loaded.units[target],
    }
    facts |= {"predictor": predictor, "seed": seed, "n": len(train), "seconds": seconds}
    of_others = {f"{metric} of the {len(test or ()):,} others": value for metric, value in scores.items()}
    output.result(facts | {"scores": scores, "card": model.card_}, listed(facts | of_others))


def _save_devices(table: str, devices: str | None, out: Path, seed: int, output: Output) -> None:
    """Learn and save known devices."""
    from archgraph.cli.devices import known_devices
    from archgraph.cli.output import facts
    from archgraph.data import load

    if devices is None:
        raise ValueError("give --target, the column to predict, or --devices, or both")
    with output.progress() as report:
        known = known_devices(load(table, progress=report), devices, None, seed, report)
    known.save(out)
    shown = {"devices": str(out), "table": known.card["table"], "space": known.card["space"]}
    value = {"devices": str(out), "names": known.names, "card": known.card}
    output.result(value, facts(shown | {"known": ", ".join(known.names)}))


def parameters(given: list[str]) -> dict[str, Any]:
    """The values of ``name=value`` texts: numbers, true, false and null as JSON has them, anything else as text.

    Raises:
        ValueError: A text has no name or no value.
    """
    import json

    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise ValueError(f"--param must be NAME=VALUE, but is {text!r}")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found


def tested(model: Predictor, test: ArchTable, target: str) -> dict[str, float]:
    """Metric to value over the rows of ``test``; one row has no order, so its rank correlations are NaN."""
    from archgraph import metrics

    predicted, measured = model.predict(test.graphs_for(target, *model.card_["inputs"])), test[target]
    several = len(test) > 1
    return {
        "tau": metrics.kendall_tau(predicted, measured) if several else float("nan"),
        "spearman": metrics.spearman(predicted, measured) if several else float("nan"),
        "rmse": metrics.rmse(predicted, measured),
    }


def _made(kind: Any, arguments: dict[str, Any]) -> Predictor:
    from archgraph.registry import UnknownNameError

    known = kind().get_params()
    for name in arguments:
        if name not in known:
            raise UnknownNameError("parameter", name, sorted(known))
    model: Predictor = kind(**arguments)
    return model

"""``archgraph search``: predictor-guided search, and verification of what it finds."""

from __future__ import annotations

from typing import Annotated

import typer

from archgraph.cli.options import LEASE, Command, Json, Lease, Quiet, Seed, Timeout, Workers, words


def search(
    where: Annotated[
        str, typer.Argument(metavar="TABLE|SPACE", help="A benchmark, a saved table's file, or a search space.")
    ],
    objectives: Annotated[
        str, typer.Option(metavar="COLUMN:max,COLUMN:min", help="What to improve; with a bound COLUMN:min:<=4.5.")
    ],
    strategy: Annotated[
        str,
        typer.Option(
            help="guided: verify the final few; iterative: verify in rounds, learning from each; or a searcher that "
            "decides alone: bananas, evolution, linas, local, nsga2, random, unsga3."
        ),
    ] = "guided",
    predictors: Annotated[
        str | None,
        typer.Option(
            metavar="KIND | COLUMN=FILE,...",
            help="A kind to train, or files of 'fit'; xgb for guided, gp for iterative and none for the others, unless "
            "given.",
        ),
    ] = None,
    train_rows: Annotated[
        int | None,
        typer.Option(
            "--train-rows",
            min=1,
            help="Rows of the table to train on; all for guided, none for iterative, unless given.",
        ),
    ] = None,
    constraint: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN<=NUMBER", help="A bound on any column; repeatable.")
    ] = None,
    verifier: Annotated[str, typer.Option(help="Who verifies: supernet, table, command or none.")] = "none",
    command: Command = None,
    budget: Annotated[int, typer.Option(min=1, help="Architectures to verify.")] = 20,
    candidates: Annotated[int, typer.Option(min=1, help="Architectures to score by predictions, each round.")] = 20_000,
    population: Annotated[
        int | None, typer.Option(min=1, help="Architectures of a generation; what suits the strategy, unless given.")
    ] = None,
    min_gain: Annotated[
        float,
        typer.Option(
            min=0, help="iterative ends where a round should add a smaller share of the hypervolume than this."
        ),
    ] = 0.0,
    random: Annotated[bool, typer.Option("--random", help="Verify as many random ones, to compare with.")] = False,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|URL",
            help="Where to keep everything as it happens: a file, or postgresql+psycopg://USER@HOST/DATABASE?study=NAME.",
        ),
    ] = None,
    workers: Workers = "1",
    lease: Lease = LEASE,
    timeout: Timeout = None,
    seed: Seed = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Search a space by predictions, and verify the few that should hold the Pareto front.

    "guided" trains predictors on the table first. "iterative" needs no labels: it verifies random architectures, learns
    from them, and from --train-rows of the table if its numbers mean the same, and verifies next what improves the
    front most. Every other strategy is a searcher that is told what is
    verified, and needs no predictors. With --study, 'archgraph resume' goes on where a search stopped, or helps with
    one that runs: every process on the study is a worker, on this machine or another.
    """
    from pathlib import Path

    from archgraph._place import is_url
    from archgraph.cli.options import comma_separated
    from archgraph.cli.output import Output, writable
    from archgraph.cli.plan import Plan, absolute, own_predictors
    from archgraph.cli.planned_search import run
    from archgraph.cli.studies import show

    output = Output(json, quiet)
    plan = Plan(
        where=absolute(where),
        objectives=tuple(comma_separated(objectives, "--objectives")),
        constraints=tuple(constraint or ()),
        predictors=absolute(predictors or own_predictors(strategy)),
        strategy=strategy,
        train_rows=train_rows,
        verifier="command" if command and verifier == "none" else verifier,
        command=words(command),
        budget=budget,
        candidates=candidates,
        population=population,
        min_gain=min_gain,
        random=random,
        seed=seed,
    )
    if study is not None and not is_url(study):
        writable(Path(study))
    with run(plan, study, output, lease, workers, timeout) as found:
        show(found, plan, output)

"""``archgraph verify``: ask for the truth about what a search chose."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from archgraph.cli.options import LEASE, Command, Json, Lease, Quiet, Study, Workers, words


def verify(
    study: Study,
    verifier: Annotated[
        str | None, typer.Option(help="Who verifies: supernet, table or command; as the search was told, unless given.")
    ] = None,
    command: Command = None,
    random: Annotated[bool, typer.Option("--random", help="Verify as many random ones, to compare with.")] = False,
    workers: Workers = "1",
    lease: Lease = LEASE,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Verify the chosen architectures of a study that are not verified yet; any number of processes share the work."""
    from archgraph.cli.crew import hired
    from archgraph.cli.output import Output
    from archgraph.cli.plan import Plan
    from archgraph.cli.planned_search import same_verifier
    from archgraph.cli.studies import show
    from archgraph.search import Study as OpenStudy
    from archgraph.search import verify as verify_chosen
    from archgraph.search import verify_random

    output = Output(json, quiet)
    with OpenStudy(study) as opened:
        plan = Plan.of(opened)
        asked = verifier or ("command" if command else plan.verifier)
        program = words(command) or (plan.command if asked == "command" else ())
        plan = replace(plan, verifier=asked, command=program, random=random or plan.random)
        if asked == "none":
            raise ValueError("--verifier must be supernet, table or command: the study was begun with none")
        evaluator, at_a_time = hired(plan, workers)
        assert evaluator is not None
        same_verifier(plan, opened)
        opened.set_note("plan", plan.to_dict())
        with output.progress() as report:
            verify_chosen(opened, evaluator, report, lease=lease, workers=at_a_time)
            if plan.random:
                verify_random(opened, plan.space, evaluator, progress=report, lease=lease, workers=at_a_time)
        show(opened, plan, output)

"""``archgraph resume``: go on with a search that was interrupted."""

from __future__ import annotations

from archgraph.cli.options import LEASE, Json, Lease, Quiet, Study, Timeout, Workers


def resume(
    study: Study,
    workers: Workers = "1",
    lease: Lease = LEASE,
    timeout: Timeout = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Go on with an interrupted search, or help with one that runs, to the result that one process would have had."""
    from archgraph.cli.output import Output
    from archgraph.cli.plan import Plan
    from archgraph.cli.planned_search import run
    from archgraph.cli.studies import show
    from archgraph.search import Study as OpenStudy

    output = Output(json, quiet)
    with OpenStudy(study, read_only=True) as opened:
        plan = Plan.of(opened)
    with run(plan, study, output, lease, workers, timeout) as found:
        show(found, plan, output)

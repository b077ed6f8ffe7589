"""Who verifies for a search: this process, several programs at a time, or a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgraph.cli.plan import Plan
    from archgraph.evaluators import Evaluator


def hired(plan: Plan, workers: str) -> tuple[Evaluator | None, int]:
    """Who verifies as planned, None for nobody, and how many architectures at a time.

    Args:
        plan: Says who.
        workers: A number, or ``ray://HOST:PORT`` to do so on a cluster.

    Raises:
        ValueError: It is neither, nobody verifies, or of the verifier there is only one at a time.
        OSError: There is no such cluster.
        ImportError: Ray is not installed.
    """
    number, on_ray = int(workers) if workers.isascii() and workers.isdecimal() else 0, workers.startswith("ray://")
    if not number and not on_ray:
        raise ValueError(f"--workers must be a number from 1 on, or ray://HOST:PORT, but is {workers!r}")
    if number != 1 and plan.verifier == "none":
        raise ValueError(f"--workers {workers} needs a verifier; give --verifier or --command too")
    if number > 1 and plan.verifier != "command":
        raise ValueError(
            f"--workers {workers} needs --command or ray://HOST:PORT; of the verifier {plan.verifier!r} a process has "
            "one: start 'archgraph resume STUDY' beside this one"
        )
    verifier = plan.evaluator()
    if not on_ray:
        return verifier, number
    assert verifier is not None
    from archgraph.integrations.ray import RayEvaluator, join_cluster

    return RayEvaluator(verifier), join_cluster(workers)

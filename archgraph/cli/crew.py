"""Who verifies for a search: this process, several programs at a time, or a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgraph.evaluators import Evaluator


def hired(verifier: Evaluator | None, workers: str, command: bool) -> tuple[Evaluator | None, int]:
    """The verifier, on a Ray cluster if that is wanted, and how many architectures it verifies at a time.

    Args:
        verifier: Answers on this machine; None for nobody.
        workers: A number, or ``ray://HOST:PORT``.
        command: Whether programs verify, of which several can run at a time.

    Raises:
        ValueError: It is neither, or of a verifier of which there is only one at a time.
        OSError: There is no such cluster.
        ImportError: Ray is not installed.
    """
    if workers.isascii() and workers.isdecimal() and int(workers) > 0:
        if int(workers) > 1 and not command:
            raise ValueError(
                f"--workers {workers} needs --command or ray://HOST:PORT; of other verifiers a process has one: start "
                "'archgraph resume STUDY' beside this one"
            )
        return verifier, int(workers)
    if not workers.startswith("ray://"):
        raise ValueError(f"--workers must be a number from 1 on, or ray://HOST:PORT, but is {workers!r}")
    if verifier is None:
        return None, 1
    from archgraph.integrations.ray import RayEvaluator, join_cluster

    slots = join_cluster(workers)
    return RayEvaluator(verifier), slots

"""Searches that choose, verify what they chose, and choose again, by one worker or several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from archgraph.search.claims import Work
from archgraph.search.study import Study
from archgraph.search.task import SearchTask
from archgraph.search.truth import verify

ENDED = "ended"
"""Note with the round in which nothing was worth verifying any more."""


def in_rounds(task: SearchTask, study: Study, choose: Callable[[int, Work], None]) -> None:
    """Choose and verify, round after round, until the budget or the time is spent or a round says that it is the last.

    Of several workers one chooses a round, once all those before are verified, and all verify it.

    Args:
        task: With a verifier.
        study: To fill.
        choose: Called with the number of the round and the claim to write it under: adds what it chooses to the study,
            as this step of the phase "chosen", or else the note ``ENDED``.
    """
    assert task.truth is not None
    while True:
        # Others may choose the next round any time: what they chose after this look is for the next turn.
        number = 1 + study.last_step("chosen")
        if number:
            verify(study, task.truth, task.progress, task.budget, task.lease, task.workers, task.seconds_left)
        if study.count("verified") >= task.budget or study.note(ENDED) is not None or task.is_over:
            return
        claim = Work("chosen", f"round {number}")
        study.claims.do_once(claim, task.lease, partial(_is_done, task, study, number), partial(choose, number, claim))


def _is_done(task: SearchTask, study: Study, number: int) -> bool:
    """Whether nobody needs to choose this round any more, or this worker has no more time to wait for it."""
    return study.last_step("chosen") >= number or study.note(ENDED) is not None or task.is_over

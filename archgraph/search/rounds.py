"""Rounds of choosing and verifying, which any number of workers share."""

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
    """Verify what was chosen and have the next round chosen, up to the budget.

    Of several workers one chooses a round, and all verify it.

    Args:
        task: With a verifier.
        study: To fill.
        choose: Called with the number of a round and the claim on it, once all rounds before it are verified: adds what
            is chosen to the study, or, where nothing is, a note ``ENDED``, under that claim.
    """
    assert task.truth is not None
    while study.note(ENDED) is None:
        # Others may choose the next round any time: what they chose after this look is for the next turn.
        number = rounds_of(study)
        if number:
            verify(study, task.space, task.truth, task.progress, task.budget, task.lease)
        if study.count("verified") >= task.budget:
            break
        choice = Work("chosen", f"round {number}")
        study.claims.do_once(choice, task.lease, partial(_is_chosen, study, number), partial(choose, number, choice))


def rounds_of(study: Study) -> int:
    """How many rounds were chosen."""
    return 1 + int(study.records("chosen").steps[-1]) if study.count("chosen") else 0


def _is_chosen(study: Study, number: int) -> bool:
    """Whether nobody needs to choose this round any more."""
    return rounds_of(study) > number or study.note(ENDED) is not None

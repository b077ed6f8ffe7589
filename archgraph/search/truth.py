"""Asking for the truth about the chosen few, and about random ones to compare with."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from archgraph import _check
from archgraph.evaluators import Evaluator, genotype_keys
from archgraph.search.study import Study
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

Progress = Callable[[str, int, int], None]
"""Called with the phase, how many architectures are done, and how many there will be."""


def no_progress(phase: str, done: int, total: int) -> None:
    """Tell nobody."""


def verify(
    study: Study,
    space: SearchSpace,
    verifier: Evaluator,
    progress: Progress = no_progress,
    total: int | None = None,
) -> None:
    """Verify the chosen architectures that are not verified yet, one by one; each lands in the study at once.

    Args:
        study: One in which architectures were chosen.
        space: The study's space.
        verifier: Answers all columns of the study's objectives and constraints.
        progress: Called after each.
        total: How many there will be, if more are to be chosen later.

    Raises:
        ValueError: Nothing was chosen, or the verifier leaves a column out.
    """
    chosen = study.records("chosen").genotypes
    if not len(chosen):
        raise ValueError("the study has no chosen architectures to verify; search first")
    _ask(study, space, verifier, "verified", chosen, progress, total)


def verify_random(
    study: Study, space: SearchSpace, verifier: Evaluator, n: int | None = None, progress: Progress = no_progress
) -> None:
    """Verify ``n`` (default: as many as were chosen) random architectures: what a search without predictions finds.

    They follow from the study's seed; a second call continues the first.

    Raises:
        ValueError: The space holds fewer architectures, or the verifier leaves a column out.
    """
    n = _check.positive_int("n", study.count("chosen") if n is None else n)
    rng = np.random.default_rng([study.settings["seed"], 3])
    _ask(study, space, verifier, "random", space.sample_distinct(n, rng), progress)


def _ask(
    study: Study,
    space: SearchSpace,
    verifier: Evaluator,
    phase: str,
    genotypes: IntArray,
    progress: Progress,
    total: int | None = None,
) -> None:
    for column in study.columns:
        if column not in verifier.columns:
            answered = ", ".join(verifier.columns)
            raise ValueError(f"the verifier answers {answered}, but not {column!r}; combine it with one that does")
    known = study.records(phase).genotypes
    done = set(genotype_keys(space, known).tolist()) if len(known) else set()
    for step, (genotype, key) in enumerate(zip(genotypes, genotype_keys(space, genotypes).tolist(), strict=True)):
        if key not in done:
            start = time.perf_counter()
            found = verifier.evaluate(genotype[None]).explained()
            study.add(phase, step, genotype[None], found, verifier.name, time.perf_counter() - start)
        progress(phase, step + 1, total or len(genotypes))

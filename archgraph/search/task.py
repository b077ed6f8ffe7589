"""A search, spelled out: what a strategy is given."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import Combined, Costs, Evaluator, Only, Predicted
from archgraph.objectives import Constraint, Objective, all_constraints, check_together, wanted_columns
from archgraph.search.claims import LEASE
from archgraph.search.study import Study
from archgraph.search.truth import Progress, check_workers, no_progress
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor


CANDIDATES = 20_000
"""Architectures to score by predictions, unless told otherwise."""


class Labelled(NamedTuple):
    """Architectures of which values are known.

    Attributes:
        genotypes: ``(R, G)``.
        values: Column to ``(R,)`` values; NaN = not known.
    """

    genotypes: ArrayLike
    values: Mapping[str, FloatArray]

    def shown(self, columns: Sequence[str]) -> str:
        """How many they are, and a hash of the genotypes and of what is known of ``columns``."""
        found = hashlib.sha256(np.asarray(self.genotypes, dtype=np.int64).tobytes())
        for column in columns:
            if column in self.values:
                found.update(f"{column} ".encode() + np.asarray(self.values[column], np.float64).tobytes())
        return f"{len(np.asarray(self.genotypes))} architectures, {found.hexdigest()[:16]}"


@dataclass(frozen=True)
class SearchTask:
    """What to search, by which evaluators, how far.

    Attributes:
        space: Where to search.
        objectives: What to improve.
        constraints: What to keep, besides the bounds of the objectives.
        predictors: Column to its predictor; fitted, unless the strategy learns as it goes.
        exact: Evaluators whose answers are exact and cheap, asked for every candidate.
        verifier: Answers for the final few; None stops before them.
        budget: Architectures to verify.
        candidates: Architectures to score by predictions.
        population: Architectures of a generation.
        min_gain: Share of the hypervolume held below which the improvement expected of a round is not worth it.
        seed: Of all random choices.
        progress: Called as architectures are done.
        lease: Seconds after which other workers take over from one that is silent.
        workers: Architectures to verify at the same time.
        labelled: Genotypes and their values that predictors learn from before anything is verified.
        ends: When to begin nothing more, by ``time.monotonic``.
        predicted: Whether every column needs a predictor or an exact evaluator, because candidates are scored.

    Raises:
        ValueError: A column has no answer or two, constraints leave no value of one, or a number is not positive.
    """

    space: SearchSpace
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    predictors: Mapping[str, Predictor]
    exact: tuple[Evaluator, ...] = ()
    verifier: Evaluator | None = None
    budget: int = 20
    candidates: int = CANDIDATES
    population: int = 200
    min_gain: float = 0.0
    seed: int = 0
    progress: Progress = no_progress
    lease: float = LEASE
    workers: int = 1
    labelled: Labelled | None = None
    ends: float = math.inf
    predicted: bool = True

    def __post_init__(self) -> None:
        for name in ("budget", "candidates", "population", "workers"):
            _check.positive_int(name, getattr(self, name))
        _check.number("min_gain", self.min_gain)
        _check.number("lease", self.lease, 0.1)
        goals = [objective.column for objective in self.objectives]
        if not goals or len(set(goals)) < len(goals):
            raise ValueError(f"objectives must be of at least one column and none twice, but are of {goals}")
        check_together(self.all_constraints)
        if self.verifier is not None:
            check_workers(self.workers, self.verifier)
        answered = [*self.predictors, *self.exact_columns]
        for column in answered:
            if answered.count(column) > 1:
                raise ValueError(f"column {column!r} is answered twice, by a predictor or an exact evaluator; drop one")
        for column in self.needed:
            if self.predicted and column not in answered:
                raise ValueError(
                    f"no predictor or evaluator answers column {column!r}; there are {', '.join(answered) or 'none'}"
                )

    @property
    def all_constraints(self) -> tuple[Constraint, ...]:
        """The constraints, the bounds of the objectives first."""
        return all_constraints(self.objectives, self.constraints)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns of the objectives and the constraints, each once."""
        return wanted_columns(self.objectives, self.constraints)

    @property
    def exact_columns(self) -> tuple[str, ...]:
        """What the exact evaluators answer."""
        return tuple(column for evaluator in self.exact for column in evaluator.columns)

    @property
    def seconds_left(self) -> float:
        """Until ``ends``; inf where there is no end."""
        return self.ends - time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.seconds_left <= 0

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a study to be continued."""
        labelled = {} if self.labelled is None else {"labelled": self.labelled.shown(self.needed)}
        return labelled | {
            "space": self.space.name,
            "choices": {variable.name: len(variable) for variable in self.space.variables},
            "objectives": [str(objective) for objective in self.objectives],
            "constraints": [str(constraint) for constraint in self.constraints],
            "budget": self.budget,
            "candidates": self.candidates,
            "population": self.population,
            "min_gain": self.min_gain,
            "seed": self.seed,
        }

    def scorer(self, columns: Sequence[str], with_std: bool = False) -> Evaluator:
        """Predictions and exact answers for ``columns``, as one evaluator."""
        wanted = {column: predictor for column, predictor in self.predictors.items() if column in columns}
        parts: list[Evaluator] = [Predicted(self.space, wanted, with_std)] if wanted else []
        return Combined(*parts, *_restricted(self.exact, columns))

    @cached_property
    def truth(self) -> Evaluator | None:
        """The verifier, with exact answers for the columns that it leaves out."""
        if self.verifier is None:
            return None
        left_out = [column for column in self.exact_columns if column not in self.verifier.columns]
        return Combined(self.verifier, *_restricted(self.exact, left_out))

    @cached_property
    def pool(self) -> IntArray | None:
        """``(P, G)`` the only genotypes of which the verifier answers what is needed; None where it does of any."""
        pool = None if self.truth is None else self.truth.answerable_for(self.needed)
        if pool is not None and not len(pool):
            raise ValueError(f"the verifier can answer for no architecture in all of {', '.join(self.needed)}")
        return pool


def _restricted(evaluators: Sequence[Evaluator], columns: Sequence[str]) -> list[Evaluator]:
    kept = [(one, [column for column in one.columns if column in columns]) for one in evaluators]
    return [Only(one, wanted) for one, wanted in kept if wanted]


def exact_evaluators(space: SearchSpace, evaluators: Sequence[Evaluator], columns: Sequence[str]) -> list[Evaluator]:
    """``evaluators`` and, if ``columns`` ask for what only the space's formulas answer, its costs."""
    given = {column for evaluator in evaluators for column in evaluator.columns}
    left_out = [column for column in Costs.columns if column not in given]
    if not set(columns) & set(left_out):
        return list(evaluators)
    try:
        return [*evaluators, Only(Costs(space), left_out) if given & set(Costs.columns) else Costs(space)]
    except ValueError:
        # The space describes no full network, so there is nothing exact to prefer to a predictor.
        return list(evaluators)


def same_predictors(task: SearchTask, study: Study) -> None:
    """Hold predictors that are not fitted yet against those of an interrupted search.

    Raises:
        ValueError: They are others.
    """
    told = {column: f"{model.kind}: {model!r}" for column, model in task.predictors.items()}
    kept = study.note("predictors")
    if kept is None:
        study.set_note("predictors", told)
    elif kept != told:
        raise ValueError(
            f"study {study.place!r} was begun with the predictors {kept}, not {told}; "
            "give the same ones or begin another study"
        )

"""Predictor-guided search in rounds: choose a few, be told what they are worth, learn, choose the next few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from archgraph import _check
from archgraph.evaluators import Evaluation, Evaluator, first_of_each, genotype_keys
from archgraph.objectives import Constraint, Objective, wanted_columns
from archgraph.search.improvement import most_improving
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.searcher import every_architecture
from archgraph.search.task import CANDIDATES, SearchTask, exact_evaluators
from archgraph.search.told import Told
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor

FIRST = 16
"""Random architectures to begin with."""

GROWTH = 8
"""A round asks for one architecture for so many that were told: late rounds learn more at once, so that the time
between evaluations stays the same."""

PROBES = 256
"""Random architectures that scale the objectives."""


class PredictorSearcher(RememberingSearcher):
    """Asks for the architectures that are expected to improve the front most; learns from all that it is told.

    The first architectures are random, then there are rounds. A round fits the predictors anew, scores ``candidates``
    (a space with no more genotypes whole), draws guesses at the truth about those near the predicted front, and queues
    the few that together should add the most hypervolume to what is known, and in larger rounds whatever may be the
    best of all in one objective; the next one is made when the queue is empty. Architectures that were asked for and
    not told yet count as what is predicted of them, so that workers in parallel do not get the same idea.

    Args:
        space: Where to search.
        objectives: What to improve, as objects or as text such as ``"val_acc:max"``; the front is wanted up to their
            bounds (and constraints on them), or to what 95 % of random architectures beat.
        predictors: Column to a predictor, of which copies are fitted.
        constraints: Further bounds, as objects or as text such as ``"params<=50000"``.
        evaluators: Exact answers that are cheap enough for every candidate; what the space's cost formulas answer is
            always taken from them. Their columns need not be told.
        pool: ``(P, G)`` genotypes to choose from, such as those of a table; None = the whole space.
        candidates: Architectures to score in a round.
        first: Architectures to draw at random before the first round.
        size: Architectures of a round; None = one for 8 that were told.
        min_gain: Nothing is asked for in a round that is expected to add a smaller share of the hypervolume than this.
        labelled: ``(R, G)`` genotypes and column to their ``(R,)`` values, NaN where they are not known: predictors
            learn from them too, and with ``first`` of them nothing is drawn at random. They may be asked for.
        seed: Of all random choices.

    Raises:
        UnknownNameError: ``labelled`` lacks a column.
        ValueError: A column has no answer or two, a number is not positive, or the pool is empty.
    """

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective | str],
        predictors: Mapping[str, Predictor],
        constraints: Sequence[Constraint | str] = (),
        evaluators: Sequence[Evaluator] = (),
        *,
        pool: ArrayLike | None = None,
        candidates: int = CANDIDATES,
        first: int = FIRST,
        size: int | None = None,
        min_gain: float = 0.0,
        labelled: tuple[ArrayLike, Mapping[str, FloatArray]] | None = None,
        seed: int = 0,
    ) -> None:
        goals = tuple(Objective.parse(goal) if isinstance(goal, str) else goal for goal in objectives)
        bounds = tuple(Constraint.parse(bound) if isinstance(bound, str) else bound for bound in constraints)
        super().__init__(space, goals, bounds, seed)
        exact = exact_evaluators(space, evaluators, [*predictors, *wanted_columns(goals, bounds)])
        self.task = SearchTask(
            space, goals, bounds, dict(predictors), tuple(exact), candidates=candidates, min_gain=min_gain, seed=seed
        )
        self.confine(pool)
        self.first = _check.positive_int("first", first)
        self.size = None if size is None else _check.positive_int("size", size)
        self._asked = self._queue = self._none()
        self._scorer: Evaluator | None = None  # of the last round
        self._labelled = self._told
        if labelled is not None:
            rows = space.canonical(labelled[0])
            told = Told.of(rows, self._completed(rows, labelled[1]), self.objectives, self.constraints)
            self._labelled = told.take(told.answered & first_of_each(genotype_keys(space, rows)))

    @property
    def batch(self) -> int:
        """The architectures that are queued, or those of the next round."""
        return len(self._queue) or max(self._round_size(), self.first - len(self._told) - len(self._labelled))

    def _round_size(self) -> int:
        return max(1, (len(self._told) + len(self._labelled)) // GROWTH) if self.size is None else self.size

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` canonical genotypes that were neither asked nor told before; fewer if no more are worth it."""
        _check.positive_int("n", n)
        if len(self._queue) < n:
            self._queue = np.concatenate([self._queue, self._round(n - len(self._queue))])
        asked, self._queue = self._queue[:n], self._queue[n:]
        self._asked = np.concatenate([self._asked, asked])
        return asked

    def expected(self, genotypes: IntArray) -> Evaluation:
        """What the predictors of the last round say of ``(B, G)`` genotypes, with deviations."""
        return super().expected(genotypes) if self._scorer is None else self._scorer.evaluate(genotypes)

    def tell(self, genotypes: ArrayLike, values: Mapping[str, FloatArray] | ArrayLike) -> None:
        """Learn what architectures are worth; columns with exact answers need not be told. See ``Searcher.tell``."""
        rows = self.space.canonical(genotypes)
        super().tell(rows, self._completed(rows, values))
        told = genotype_keys(self.space, rows)
        self._asked, self._queue = (
            waiting[~np.isin(genotype_keys(self.space, waiting), told)] for waiting in (self._asked, self._queue)
        )

    def _completed(self, rows: IntArray, values: Mapping[str, FloatArray] | ArrayLike) -> dict[str, FloatArray]:
        """``values``, and exact answers for the columns that they lack."""
        named = dict(self._by_column(values, len(rows)))
        for evaluator in self.task.exact:
            if any(column in self.task.needed and column not in named for column in evaluator.columns):
                named = evaluator.evaluate(rows) | named
        return named

    @property
    def told(self) -> Told:
        """Everything that was told, in its order."""
        return self._told

    @property
    def _needed(self) -> dict[str, Predictor]:
        """The predictors of columns of objectives and constraints."""
        return {column: model for column, model in self.task.predictors.items() if column in self.task.needed}

    def learned(self) -> Evaluator | None:
        """Exact answers, and predictors fitted to all that was told or labelled before, with deviations.

        Returns:
            None if fewer than ``first`` architectures, or than a predictor needs, have every value.
        """
        good = self._told.take(self._told.answered)
        told, labelled = (genotype_keys(self.space, known.genotypes) for known in (self._told, self._labelled))
        good = self._labelled.take(~np.isin(labelled, told)).joined(good)
        if len(good) < max([self.first, *(model.least_rows for model in self._needed.values())]):
            return None
        graphs = self.space.graphs(good.genotypes)
        fitted = {
            column: clone(model).fit(graphs, good.values[column], column) for column, model in self._needed.items()
        }
        return replace(self.task, predictors=fitted).scorer(self.task.needed, with_std=True)

    def _round(self, n: int) -> IntArray:
        """The architectures of a new round, ``n`` at least if there are as many."""
        self._scorer = self.learned()
        if self._scorer is None:
            return self._random(n) if self._whole is None else self._fresh(self._drawn(self._whole, n))
        believed = self._believed(self._scorer)
        genotypes, found = self._candidates(believed, self._scorer)
        if not len(genotypes):
            return genotypes
        rng = self._rng
        if self._whole is None:
            probe = self.space.sample(PROBES, rng)
        else:
            probe = self._whole[rng.permutation(len(self._whole))[:PROBES]]
        held = believed.take(believed.answered).values
        wanted = max(n, self._round_size())
        rows = most_improving(self.task, found, self._scorer.evaluate(self.space.canonical(probe)), held, wanted, rng)
        return self._fresh(genotypes[rows])

    def _believed(self, scorer: Evaluator) -> Told:
        """What was told, then what is predicted of all that waits for an answer."""
        waiting = np.concatenate([self._asked, self._queue])
        return self._told.joined(Told.of(waiting, scorer.evaluate(waiting), self.objectives, self.constraints))

    def _candidates(self, believed: Told, scorer: Evaluator) -> tuple[IntArray, Evaluation]:
        """Architectures to choose from, with what is predicted of them."""
        if self._whole is not None:
            genotypes = self._drawn(self._whole, self.task.candidates)
            return genotypes, scorer.evaluate(genotypes)
        from archgraph.search.nsga2 import NSGA2Searcher

        inner = NSGA2Searcher(self.space, self.objectives, self.constraints, seed=int(self._rng.integers(2**32)))
        inner.tell(believed.genotypes, believed.values)
        asked, answers = [self._none()], [scorer.evaluate(self._none())]
        while sum(map(len, asked)) < self.task.candidates:
            genotypes = inner.ask(self.task.population)
            if not len(genotypes):
                break
            answers.append(scorer.evaluate(genotypes))
            inner.tell(genotypes, answers[-1])
            asked.append(genotypes)
        return np.concatenate(asked), Evaluation.concatenate(answers)

    @property
    def _whole(self) -> IntArray | None:
        """``(P, G)`` all that there is to choose from; None where that is too much to score whole."""
        if self.pool is None and self.space.size <= self.task.candidates:
            return self._every
        return self.pool

    @cached_property
    def _every(self) -> IntArray:
        return every_architecture(self.space)

    def state(self) -> dict[str, Any]:
        """What was told, asked and queued, and the state of the random numbers."""
        return super().state() | {"asked": self._asked.tolist(), "queue": self._queue.tolist()}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._asked, self._queue = (
            np.array(state[name], dtype=np.int64).reshape(-1, self.space.genes) for name in ("asked", "queue")
        )
        for rows in (self._told.genotypes, self._asked, self._queue):
            self._known.update(genotype_keys(self.space, rows).tolist())

"""Predictor-guided search as a searcher: for loops that ask for architectures and tell what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators import Evaluation, Evaluator, first_of_each, genotype_keys
from archgraph.objectives import Constraint, Objective, wanted_columns
from archgraph.search.iterative import FIRST, GROWTH, PROBES, _answered, _learned, _scored, most_improving
from archgraph.search.records import Records
from archgraph.search.remembering import RememberingSearcher
from archgraph.search.task import SearchTask, exact_evaluators
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.predictors import Predictor


class PredictorSearcher(RememberingSearcher):
    """Asks for the architectures that are expected to improve the front most; learns from all that it is told.

    It is the strategy "iterative" without its study: random architectures first, then rounds. A round fits the
    predictors anew, scores candidates, and queues those that together should add the most hypervolume; a new one is
    made when the queue is empty. Architectures that were asked for and not told yet count as what is predicted of them,
    so that workers in parallel do not get the same idea.

    Args:
        space: Where to search.
        objectives: What to improve, as objects or as text such as ``"val_acc:max"``.
        predictors: Column to a predictor, of which copies are fitted.
        constraints: Further bounds, as objects or as text such as ``"params<=50000"``.
        evaluators: Exact answers that are cheap enough for every candidate; what the space's cost formulas answer is
            always taken from them. Their columns need not be told.
        pool: ``(P, G)`` genotypes to choose from, such as those of a table; None = the whole space.
        candidates: Architectures to score in a round.
        first: Architectures to draw at random before the first round.
        size: Architectures of a round; None = one for 8 that were told.
        seed: Of all random choices.

    Raises:
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
        candidates: int = 2_000,
        first: int = FIRST,
        size: int | None = None,
        seed: int = 0,
    ) -> None:
        goals = tuple(Objective.parse(goal) if isinstance(goal, str) else goal for goal in objectives)
        bounds = tuple(Constraint.parse(bound) if isinstance(bound, str) else bound for bound in constraints)
        super().__init__(space, goals, bounds, seed)
        exact = exact_evaluators(space, evaluators, [*predictors, *wanted_columns(goals, bounds)])
        self.task = SearchTask(space, goals, bounds, dict(predictors), tuple(exact), candidates=candidates, seed=seed)
        self.pool = None if pool is None else _distinct(space, pool)
        self.first = _check.positive_int("first", first)
        self.size = None if size is None else _check.positive_int("size", size)
        self._asked = self._queue = self._none()

    @property
    def batch(self) -> int:
        """The architectures that are queued, or those of the next round."""
        return len(self._queue) or max(self._round_size(), self.first - len(self._told))

    def _round_size(self) -> int:
        return max(1, len(self._told) // GROWTH) if self.size is None else self.size

    def ask(self, n: int) -> IntArray:
        """``(n, G)`` canonical genotypes that were neither asked nor told before; fewer if there are no more."""
        _check.positive_int("n", n)
        if len(self._queue) < n:
            self._queue = np.concatenate([self._queue, self._round(n - len(self._queue))])
        asked, self._queue = self._queue[:n], self._queue[n:]
        self._asked = np.concatenate([self._asked, asked])
        return asked

    def tell(self, genotypes: ArrayLike, values: Mapping[str, FloatArray] | ArrayLike) -> None:
        """Learn what architectures are worth; columns with exact answers need not be told. See ``Searcher.tell``."""
        rows = self.space.canonical(genotypes)
        named = dict(self._by_column(values, len(rows)))
        for evaluator in self.task.exact:
            if any(column in self.task.needed and column not in named for column in evaluator.columns):
                named = evaluator.evaluate(rows) | named
        super().tell(rows, named)
        told = genotype_keys(self.space, rows)
        self._asked, self._queue = (
            waiting[~np.isin(genotype_keys(self.space, waiting), told)] for waiting in (self._asked, self._queue)
        )

    @property
    def told(self) -> Records:
        """Everything that was told, in its order, as a study would hold it."""
        return _records(self._told.genotypes, self._told.values)

    def learned(self) -> Evaluator | None:
        """Exact answers, and predictors fitted to all that was told, with deviations.

        Returns:
            None if fewer than ``first`` architectures, or than a predictor needs, have every value.
        """
        good = _answered(self.task, self.told)
        return _learned(self.task, self.told, good) if good.sum() >= self.first else None

    def _round(self, n: int) -> IntArray:
        """The architectures of a new round, ``n`` at least if there are as many."""
        told, scorer = self.told, self.learned()
        if scorer is None:
            return self._random(n) if self.pool is None else self._fresh(self._drawn(n))
        waiting = np.concatenate([self._asked, self._queue])
        expected = scorer.evaluate(waiting)
        believed = _records(
            np.concatenate([told.genotypes, waiting]),
            {column: np.concatenate([told.values[column], expected[column]]) for column in self.task.needed},
        )
        genotypes, found = self._candidates(believed, scorer)
        if not len(genotypes):
            return genotypes
        sure = _answered(self.task, believed)
        held = {column: values[sure] for column, values in believed.values.items()}
        rng = self._rng
        probe = self.space.sample(PROBES, rng) if self.pool is None else _some(self.pool, PROBES, rng)
        wanted = max(n, self._round_size())
        return self._fresh(genotypes[most_improving(self.task, found, scorer.evaluate(probe), held, wanted, rng)])

    def _candidates(self, believed: Records, scorer: Evaluator) -> tuple[IntArray, Evaluation]:
        """Architectures to choose from, with what is predicted of them."""
        if self.pool is None:
            return _scored(self.task, believed, scorer, self._rng)
        genotypes = self._drawn(self.task.candidates)
        return genotypes, scorer.evaluate(genotypes)

    def _drawn(self, n: int) -> IntArray:
        """``(n, G)`` of the pool at random that are not known; fewer if there are no more."""
        assert self.pool is not None
        return _some(self.pool[self._unknown(genotype_keys(self.space, self.pool))], n, self._rng)

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


def _distinct(space: SearchSpace, pool: ArrayLike) -> IntArray:
    """The architectures of a pool, each once."""
    rows = space.canonical(pool)
    if not len(rows):
        raise ValueError("pool must hold at least one genotype, but is empty; leave it out to search the whole space")
    return rows[first_of_each(genotype_keys(space, rows))]


def _some(rows: IntArray, n: int, rng: np.random.Generator) -> IntArray:
    """Up to ``n`` of the rows, drawn at random."""
    return rows[rng.permutation(len(rows))[:n]]


def _records(genotypes: IntArray, values: Mapping[str, FloatArray]) -> Records:
    """What was told as a study would hold it."""
    n = len(genotypes)
    nothing = np.zeros(n)
    return Records(genotypes, dict(values), {}, (None,) * n, ("told",) * n, nothing, nothing, nothing.astype(np.int64))

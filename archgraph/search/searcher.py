"""What every searcher is: it proposes architectures and is told what they are worth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from archgraph import _check
from archgraph.evaluators import Evaluation, first_of_each, genotype_keys
from archgraph.objectives import Constraint, Objective, all_constraints, wanted_columns
from archgraph.search.told import Told
from archgraph.spaces.base import SearchSpace
from archgraph.typing import BoolArray, FloatArray, IntArray

ENUMERABLE = 2**16
"""Genotypes of a space that are listed when draws hardly find new ones, at most."""


class Searcher(ABC):
    """Asks for canonical genotypes, none twice.

    Every searcher can be stopped and continued: ``state`` is what a study must keep beside the architectures
    themselves, and ``restore`` makes a fresh searcher of the same arguments go on as if nothing had happened.

    Args:
        space: Where to search.
        objectives: What to improve, one or more.
        constraints: What to keep, besides the bounds of the objectives.
        seed: Of all random choices.

    Attributes:
        pool: ``(P, G)`` the only canonical genotypes that it asks for; None = the whole space.

    Raises:
        ValueError: There is no objective, or two of the same column.
    """

    pool: IntArray | None = None

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        seed: int = 0,
    ) -> None:
        columns = [objective.column for objective in objectives]
        if not columns or len(set(columns)) < len(columns):
            raise ValueError(f"objectives must be of at least one column and none twice, but are of {columns}")
        self.space = space
        self.objectives = tuple(objectives)
        self.constraints = all_constraints(objectives, constraints)
        self._rng = np.random.default_rng(seed)
        self._known: set[Any] = set()
        self._allowed: set[Any] | None = None

    @property
    def _size(self) -> int:
        """Genotypes that there are to ask for, at most."""
        return self.space.size if self.pool is None else min(self.space.size, len(self.pool))

    def confine(self, pool: ArrayLike | None) -> Self:
        """Ask for architectures of a pool alone, such as those of a table.

        Args:
            pool: ``(P, G)`` genotypes; None = the whole space.

        Raises:
            ValueError: The pool is empty, or something was asked or told before.
        """
        if len(self._known):
            raise ValueError("a searcher must be confined before anything is asked or told; make another one")
        if pool is None:
            self.pool = self._allowed = None
            return self
        rows = self.space.canonical(pool)
        if not len(rows):
            raise ValueError(
                "pool must hold at least one genotype, but is empty; leave it out to search the whole space"
            )
        keys = genotype_keys(self.space, rows)
        self.pool, self._allowed = rows[first_of_each(keys)], set(keys.tolist())
        return self

    @abstractmethod
    def ask(self, n: int) -> IntArray:
        """``(n, G)`` canonical genotypes that were neither asked nor told before; fewer if hardly any are left."""

    def expected(self, genotypes: IntArray) -> Evaluation:
        """What the searcher foresees of ``(B, G)`` genotypes that it just asked for; NaN where it foresees nothing."""
        columns = wanted_columns(self.objectives, self.constraints)
        return Evaluation({column: np.full(len(genotypes), np.nan) for column in columns})

    def tell(self, genotypes: ArrayLike, values: Mapping[str, FloatArray] | ArrayLike) -> None:
        """Learn what architectures are worth; they need not have been asked for.

        Args:
            genotypes: ``(B, G)``.
            values: Column to ``(B,)`` values, or a ``(B, K)`` array in the objectives' order and units. NaN = failed.

        Raises:
            UnknownNameError: A column of an objective or a constraint is missing.
            ValueError: The lengths differ.
        """
        rows = self.space.canonical(genotypes)
        told = Told.of(rows, self._by_column(values, len(rows)), self.objectives, self.constraints)
        self._known.update(genotype_keys(self.space, rows).tolist())
        self._learn(told)

    def _by_column(self, values: Mapping[str, FloatArray] | ArrayLike, rows: int) -> Mapping[str, FloatArray]:
        """Column to ``(B,)`` values, out of that or of ``(B, K)`` in the objectives' order."""
        if isinstance(values, Mapping):
            return values
        array = np.asarray(values, dtype=np.float64).reshape(rows, -1)
        if array.shape[1] != len(self.objectives):
            raise ValueError(f"values must have {len(self.objectives)} columns, but have {array.shape[1]}")
        return {objective.column: array[:, k] for k, objective in enumerate(self.objectives)}

    @abstractmethod
    def _learn(self, told: Told) -> None:
        """Take in architectures with what they are worth."""

    @property
    def batch(self) -> int:
        """Architectures of the next round: who asks for so many and tells them before asking again loses nothing."""
        return 1

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs beside the known architectures, as plain JSON values."""
        return {"rng": self._rng.bit_generator.state}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken.

        Args:
            state: What ``state`` returned.
            known: ``(B, G)`` every genotype asked or told until then, in any order.
        """
        self._rng.bit_generator.state = dict(state["rng"])
        self._known = set(genotype_keys(self.space, known).tolist())

    def _unknown(self, keys: NDArray[Any]) -> BoolArray:
        """``(B,)`` which architectures may be asked for, as they are not known and the pool holds them."""
        allowed = self._allowed
        return np.array(
            [key not in self._known and (allowed is None or key in allowed) for key in keys.tolist()], dtype=bool
        )

    def _within(self, genotypes: IntArray) -> IntArray:
        """``(B, G)`` genotypes; of those that a pool lacks, the one of it that has most genes in common."""
        if self._allowed is None or self.pool is None:
            return genotypes
        rows = self.space.canonical(genotypes)
        keys = genotype_keys(self.space, rows).tolist()
        for row in (row for row, key in enumerate(keys) if key not in self._allowed):
            common = (self.pool == rows[row]).sum(axis=1)
            rows[row] = self.pool[self._rng.choice(np.flatnonzero(common == common.max()))]
        return rows

    def _none(self) -> IntArray:
        """``(0, G)``: no genotypes."""
        return np.empty((0, self.space.genes), dtype=np.int64)

    def _unseen(self, genotypes: ArrayLike) -> IntArray:
        """The canonical ones among ``(B, G)`` genotypes that are not known and in the pool, each once."""
        rows = self.space.canonical(genotypes)
        keys = genotype_keys(self.space, rows)
        first = first_of_each(keys)
        first[first] = self._unknown(keys[first])
        return rows[first]

    def _fresh(self, genotypes: ArrayLike) -> IntArray:
        """Those of ``_unseen``, which are known from now on."""
        rows = self._unseen(genotypes)
        self._known.update(genotype_keys(self.space, rows).tolist())
        return rows

    def _drawn(self, pool: IntArray, n: int) -> IntArray:
        """Up to ``(n, G)`` of a pool of canonical genotypes, drawn at random from those that are not known."""
        left = pool[self._unknown(genotype_keys(self.space, pool))]
        return left[self._rng.permutation(len(left))[:n]]

    def _random(self, n: int, patience: int = 20) -> IntArray:
        """Up to ``(n, G)`` fresh genotypes drawn at random.

        Once ``patience`` draws in a row found too few, a pool or small space is listed; of large ones there are fewer.
        """
        _check.positive_int("n", n)
        found = self._none()
        for _ in range(patience):
            found = np.concatenate([found, self._fresh(self.space.sample(n - len(found), self._rng))])
            if len(found) == n:
                return found
        listed = self.pool
        if listed is None and self.space.size <= ENUMERABLE:
            listed = every_architecture(self.space)
        if listed is not None:
            found = np.concatenate([found, self._fresh(self._drawn(listed, n - len(found)))])
        return found


def every_architecture(space: SearchSpace) -> IntArray:
    """``(A, G)`` the canonical genotypes of a space, in their order."""
    numbers = np.arange(space.size)
    rows: IntArray = np.stack(np.unravel_index(numbers, space.sizes.tolist()), axis=1)
    rows = space.canonical(rows[space.valid(rows)])
    return rows[first_of_each(genotype_keys(space, rows))]

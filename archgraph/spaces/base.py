"""What every search space is: variables, and the way from a genotype to graphs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.graph import ArchGraph, GraphBatch
from archgraph.registry import UnknownNameError
from archgraph.spaces.variable import Variable
from archgraph.typing import BoolArray, FloatArray, IntArray

_ROUNDS = 10_000
"""How often random genotypes are drawn again because they are not valid."""


class SearchSpace(ABC):
    """A set of architectures, each written as G small ints, the indices of its choices.

    Subclasses give ``variables``, ``graphs`` and, where there is one, the full ``network``; large ones its ``costs``
    too, and those with genes that can be inactive or invalid together ``canonical`` and ``valid``.

    Attributes:
        name: As the registry knows it.
        variables: The G decisions.
    """

    name: str
    variables: tuple[Variable, ...]

    @abstractmethod
    def graphs(self, genotypes: ArrayLike) -> GraphBatch:
        """Compact graphs of ``(B, G)`` genotypes, built without a loop over them.

        Raises:
            ValueError: A genotype has the wrong length or an index out of range.
        """

    def network(self, genotype: ArrayLike) -> ArchGraph:
        """The full network of one ``(G,)`` genotype, operation by operation with shapes.

        Raises:
            ValueError: The space describes no full network.
        """
        raise ValueError(f"search space {self.name!r} describes no full network, only compact graphs")

    def costs(self, genotypes: ArrayLike) -> dict[str, FloatArray]:
        """``params``, ``macs`` and ``activation_bytes`` of the full networks of ``(B, G)`` genotypes, ``(B,)`` each.

        Builds every network; spaces override it with formulas that take a batch at once.

        Raises:
            ValueError: The space describes no full network.
        """
        return GraphBatch.from_graphs([self.network(row) for row in self.check(genotypes)]).costs()

    def canonical(self, genotypes: ArrayLike) -> IntArray:
        """``(B, G)`` with genes that change nothing set to 0; equal rows are the same architecture."""
        return self.check(genotypes)

    def valid(self, genotypes: ArrayLike) -> BoolArray:
        """``(B,)`` whether each genotype, already in range, describes an architecture of the space."""
        return np.ones(len(self.check(genotypes)), dtype=bool)

    def format(self, genotype: ArrayLike) -> str:
        """One ``(G,)`` genotype as the text that the literature uses for this space."""
        return "-".join(str(gene) for gene in self.check_one(genotype))

    def parse(self, text: str) -> IntArray:
        """The ``(G,)`` genotype that ``format`` wrote.

        Raises:
            ValueError: The text is not of this space.
        """
        try:
            return self.check_one([int(gene) for gene in text.split("-")])
        except ValueError as error:
            raise ValueError(f"{text!r} is no architecture of {self.name!r}: {error}") from error

    # ---- what follows from the variables

    @cached_property
    def sizes(self) -> IntArray:
        """``(G,)`` number of choices of each gene."""
        return np.array([len(variable) for variable in self.variables], dtype=np.int64)

    @property
    def genes(self) -> int:
        """G, the length of a genotype."""
        return len(self.variables)

    @property
    def size(self) -> int:
        """Number of genotypes; several may be one architecture, see ``canonical``."""
        return math.prod(len(variable) for variable in self.variables)

    @property
    def smallest(self) -> IntArray:
        """``(G,)`` the genotype of every first choice; the smallest network where choices ascend."""
        return np.zeros(self.genes, dtype=np.int64)

    @property
    def largest(self) -> IntArray:
        """``(G,)`` the genotype of every last choice; the largest network where choices ascend."""
        return self.sizes - 1

    def check(self, genotypes: ArrayLike) -> IntArray:
        """``genotypes`` as ``(B, G)`` int64; a single ``(G,)`` one becomes a batch of one.

        Raises:
            ValueError: A genotype has the wrong length or an index out of range.
        """
        return _check.genotypes(genotypes, self.sizes.tolist(), [variable.name for variable in self.variables])

    def check_one(self, genotype: ArrayLike) -> IntArray:
        """``genotype`` as ``(G,)`` int64, out of ``(G,)`` or ``(1, G)``.

        Raises:
            ValueError: It has the wrong length or an index out of range, or there are several.
        """
        rows = self.check(genotype)
        if len(rows) != 1:
            raise ValueError(f"genotype must be a single one of shape ({self.genes},), but there are {len(rows)}")
        row: IntArray = rows[0]
        return row

    def is_valid(self, genotype: ArrayLike) -> bool:
        """Whether ``genotype`` is a single one of the right length, in range, that describes an architecture."""
        try:
            return bool(self.valid(self.check_one(genotype))[0])
        except ValueError:
            return False

    def graph(self, genotype: ArrayLike) -> ArchGraph:
        """The compact graph of one ``(G,)`` genotype."""
        return self.graphs(self.check_one(genotype))[0]

    def written_graphs(self, genotypes: ArrayLike) -> GraphBatch:
        """Compact graphs of ``(B, G)`` genotypes that hold the operations which no path from input to output uses, too.

        Who runs a network as it is written measures their time as well. Those of ``graphs``, unless the space says
        otherwise.
        """
        return self.graphs(genotypes)

    def sample(self, n: int, rng: np.random.Generator) -> IntArray:
        """``(n, G)`` valid genotypes, every one equally likely.

        Raises:
            ValueError: ``n`` is below 1, or hardly any genotype is valid.
            TypeError: ``rng`` is no generator.
        """
        _check.positive_int("n", n)
        _check_generator(rng)
        found = np.empty((0, self.genes), dtype=np.int64)
        for _ in range(_ROUNDS):
            drawn = rng.integers(0, self.sizes, size=(n, self.genes))
            found = np.concatenate([found, drawn[self.valid(drawn)]])
            if len(found) >= n:
                return found[:n]
        raise ValueError(f"search space {self.name!r} has too few valid genotypes: {len(found)} in {_ROUNDS * n} draws")

    def sample_distinct(self, n: int, rng: np.random.Generator, patience: int = 100) -> IntArray:
        """``(n, G)`` canonical genotypes, no two the same architecture.

        Raises:
            ValueError: The space holds fewer than n, or so few more that ``patience`` rounds found too few.
        """
        found = np.empty((0, self.genes), dtype=np.int64)
        for _ in range(patience):
            drawn = np.concatenate([found, self.canonical(self.sample(n, rng))])
            _, first = np.unique(drawn, axis=0, return_index=True)
            found = drawn[np.sort(first)]
            if len(found) >= n:
                return found[:n]
        raise ValueError(f"n must be at most the distinct architectures of {self.name!r}; found {len(found)} of {n}")

    def mutate(self, genotypes: ArrayLike, rng: np.random.Generator, rate: float | None = None) -> IntArray:
        """``(B, G)`` copies in which each gene changes with probability ``rate`` (default 1/G), at least one does.

        Every returned genotype is valid and differs from its parent.

        Raises:
            ValueError: ``rate`` is outside 0..1, no gene has a choice, or hardly any mutant is valid.
            TypeError: ``rng`` is no generator.
        """
        parents = self.check(genotypes)
        _check_generator(rng)
        rate = 1 / self.genes if rate is None else rate
        if not 0 <= rate <= 1:
            raise ValueError(f"rate must be a probability in 0..1, but is {rate}")
        free = np.flatnonzero(self.sizes > 1)
        if len(free) == 0:
            raise ValueError(f"search space {self.name!r} has a single genotype, which cannot be mutated")
        children = parents.copy()
        todo = np.arange(len(parents))
        for _ in range(_ROUNDS):
            if len(todo) == 0:
                return children
            change = rng.random((len(todo), self.genes)) < rate
            change[np.arange(len(todo)), rng.choice(free, len(todo))] = True
            change[:, self.sizes == 1] = False
            shift = rng.integers(1, np.maximum(self.sizes, 2), size=change.shape)
            tried = np.where(change, (parents[todo] + shift) % self.sizes, parents[todo])
            children[todo] = tried
            todo = todo[~self.valid(tried)]
        raise ValueError(f"hardly any mutant of genotype {parents[todo[0]].tolist()} is valid; try another rate")

    def crossover(self, first: ArrayLike, second: ArrayLike, rng: np.random.Generator) -> IntArray:
        """``(B, G)`` children, each gene from either parent; an invalid child is its first parent.

        Raises:
            ValueError: There are not as many first as second parents.
            TypeError: ``rng`` is no generator.
        """
        one, two = self.check(first), self.check(second)
        if one.shape != two.shape:
            raise ValueError(f"second must have {len(one)} genotypes, one for each of first, but has {len(two)}")
        _check_generator(rng)
        child = np.where(rng.random(one.shape) < 0.5, one, two)
        return np.where(self.valid(child)[:, None], child, one)

    def neighbours(self, genotype: ArrayLike) -> IntArray:
        """``(M, G)`` all valid genotypes that differ from ``genotype`` in one gene."""
        centre = self.check_one(genotype)
        rows = []
        for gene, size in enumerate(self.sizes):
            for choice in range(size):
                if choice != centre[gene]:
                    row = centre.copy()
                    row[gene] = choice
                    rows.append(row)
        near = np.array(rows, dtype=np.int64).reshape(-1, self.genes)
        return near[self.valid(near)]

    def to_config(self, genotype: ArrayLike) -> dict[str, Any]:
        """Variable name to chosen value."""
        row = self.check_one(genotype)
        return {variable.name: variable.choices[gene] for variable, gene in zip(self.variables, row, strict=True)}

    def from_config(self, config: Mapping[str, Any]) -> IntArray:
        """The ``(G,)`` genotype of a mapping from variable names to values.

        Raises:
            UnknownNameError: A name is no variable of the space.
            ValueError: A variable is missing or a value is none of its choices.
        """
        names = [variable.name for variable in self.variables]
        for name in config:
            if name not in names:
                raise UnknownNameError("variable", name, names)
        genes = []
        for variable in self.variables:
            if variable.name not in config:
                raise ValueError(f"config lacks {variable.name!r}; its choices are {list(variable.choices)}")
            if config[variable.name] not in variable.choices:
                raise ValueError(
                    f"{variable.name} is {config[variable.name]!r}; expected one of {list(variable.choices)}"
                )
            genes.append(variable.choices.index(config[variable.name]))
        return np.array(genes, dtype=np.int64)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.genes} genes)"


def _check_generator(rng: object) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy Generator, but is {rng!r}; pass numpy.random.default_rng(seed)")

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


class SearchSpace(ABC):
    """A set of architectures, each written as G small ints, the indices of its choices.

    Subclasses give ``variables``, ``graphs`` and, where there is one, the full ``network`` and its ``costs``.

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
        """``params``, ``macs`` and ``activation_bytes`` of the full networks, ``(B,)`` each, vectorised.

        Raises:
            ValueError: The space describes no full network.
        """
        raise ValueError(f"search space {self.name!r} describes no full network, so it has no costs")

    def canonical(self, genotypes: ArrayLike) -> IntArray:
        """``(B, G)`` with genes that change nothing set to 0; equal rows are the same architecture."""
        return self.check(genotypes)

    def valid(self, genotypes: ArrayLike) -> BoolArray:
        """``(B,)`` whether each genotype, already in range, describes an architecture of the space."""
        return np.ones(len(self.check(genotypes)), dtype=bool)

    def format(self, genotype: ArrayLike) -> str:
        """One ``(G,)`` genotype as the text that the literature uses for this space."""
        return "-".join(str(gene) for gene in self.check(genotype)[0])

    def parse(self, text: str) -> IntArray:
        """The ``(G,)`` genotype that ``format`` wrote.

        Raises:
            ValueError: The text is not of this space.
        """
        try:
            genotype: IntArray = self.check([int(gene) for gene in text.split("-")])[0]
        except ValueError as error:
            raise ValueError(f"{text!r} is no architecture of {self.name!r}: {error}") from error
        return genotype

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

    def is_valid(self, genotype: ArrayLike) -> bool:
        """Whether ``genotype`` has the right length, is in range and describes an architecture."""
        try:
            return bool(self.valid(genotype)[0])
        except ValueError:
            return False

    def graph(self, genotype: ArrayLike) -> ArchGraph:
        """The compact graph of one ``(G,)`` genotype."""
        return self.graphs(genotype)[0]

    def sample(self, n: int, rng: np.random.Generator) -> IntArray:
        """``(n, G)`` valid genotypes, every choice of every gene equally likely."""
        _check.positive_int("n", n)
        found = np.empty((0, self.genes), dtype=np.int64)
        while len(found) < n:
            drawn = rng.integers(0, self.sizes, size=(n, self.genes))
            found = np.concatenate([found, drawn[self.valid(drawn)]])
        return found[:n]

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
        """
        parents = self.check(genotypes)
        rate = 1 / self.genes if rate is None else rate
        free = np.flatnonzero(self.sizes > 1)
        children = parents.copy()
        todo = np.arange(len(parents))
        while len(todo):
            change = rng.random((len(todo), self.genes)) < rate
            change[np.arange(len(todo)), rng.choice(free, len(todo))] = True
            change[:, self.sizes == 1] = False
            shift = rng.integers(1, np.maximum(self.sizes, 2), size=change.shape)
            tried = np.where(change, (parents[todo] + shift) % self.sizes, parents[todo])
            children[todo] = tried
            todo = todo[~self.valid(tried)]
        return children

    def crossover(self, first: ArrayLike, second: ArrayLike, rng: np.random.Generator) -> IntArray:
        """``(B, G)`` children, each gene from either parent; an invalid child is its first parent."""
        one, two = self.check(first), self.check(second)
        child = np.where(rng.random(one.shape) < 0.5, one, two)
        return np.where(self.valid(child)[:, None], child, one)

    def neighbours(self, genotype: ArrayLike) -> IntArray:
        """``(M, G)`` all valid genotypes that differ from ``genotype`` in one gene."""
        centre = self.check(genotype)[0]
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
        row = self.check(genotype)[0]
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

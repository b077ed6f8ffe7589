"""What benchmarks teach about accuracy in spaces that they do not cover."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from safetensors.numpy import load, save

from archgraph import _check, metrics
from archgraph.features.common_features import COLUMNS
from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import OPS
from archgraph.predictors.base import Graphs
from archgraph.predictors.container import content_hash, read_container, write_container
from archgraph.predictors.local_prior import LocalPrior
from archgraph.predictors.prior_expert import Expert, Lesson, op_mix
from archgraph.typing import FloatArray

KIND = "prior"
ROWS = 1000
"""Rows that a table teaches with, unless told otherwise: all tables weigh the same, however large they are."""

Progress = Callable[[str, int, int], object]


class Prior:
    """Scores for architectures of any space, learned from the tables of others.

    Numbers of graphs, and accuracies, mean something only beside others of their space: all are taken by their standing
    within their table. Two things are learned. The consensus is a linear model of few columns that theory ties to
    accuracy everywhere, fitted to all tables alike: few tables cannot tell which of many columns hold in general. And
    each table has an expert, a forest on all columns, which is asked about spaces with like operations.

    A prior never changes: copies of models share it.

    Args:
        experts: One for each table.
        card: What was learned from, and how well it carries over.
    """

    def __init__(self, experts: Sequence[Expert], card: Mapping[str, Any]) -> None:
        self.experts = tuple(experts)
        self.card = dict(card)

    @classmethod
    def learn(
        cls, lessons: Sequence[Lesson], rows: int = ROWS, seed: int = 0, progress: Progress | None = None
    ) -> Self:
        """From one or more tables.

        Args:
            lessons: The tables; which spaces and data sets they are of does not matter.
            rows: Random rows that each table teaches with, if it has as many.
            seed: Of rows and forests.
            progress: Told after each table.

        Returns:
            The prior. Its card has, for each of several tables, Kendall's tau of a prior that learned from the others.

        Raises:
            ValueError: There is no table, two have one name, or one is not fit to learn from.
        """
        names = [lesson.name for lesson in lessons]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"lessons must be one or more tables of different names, but are {names}")
        _check.positive_int("rows", rows)
        rng = np.random.default_rng(_check.seed(seed))
        taught = [lesson.sample(rows, rng) for lesson in lessons]
        experts = []
        for number, (name, (batch, y)) in enumerate(zip(names, taught, strict=True), 1):
            experts.append(Expert.learn(name, batch, y, int(rng.integers(2**31))))
            if progress is not None:
                progress("learning from tables", number, len(names))
        tables = {}
        for number, (name, (batch, y)) in enumerate(zip(names, taught, strict=True)):
            others = cls(experts[:number] + experts[number + 1 :], {})
            tau = metrics.kendall_tau(others.predict(batch), y) if others.knows(batch) else np.nan
            tables[name] = {"rows": len(y), "tau_from_others": float(tau) if np.isfinite(tau) else None}
        return cls(experts, {"seed": int(seed), "tables": tables})

    def knows(self, graphs: Graphs) -> bool:
        """Whether any operation of the graphs was in a table that was learned from."""
        mix = op_mix(GraphBatch.from_graphs(graphs))
        return any(expert.likeness(mix) > 0 for expert in self.experts)

    def at(self, graphs: Graphs) -> LocalPrior:
        """The prior for one space.

        Args:
            graphs: Some hundred architectures of it, which need no labels: a random sample, or all of a table.

        Raises:
            ValueError: There is no graph, or no operation of theirs was ever seen.
        """
        batch = GraphBatch.from_graphs(graphs)
        if not len(batch):
            raise ValueError("graphs must hold at least one graph, but hold none")
        if not self.knows(batch):
            own = ", ".join(OPS[op] for op in np.flatnonzero(op_mix(batch)))
            raise ValueError(f"graphs must have operations that the prior has seen, but it has seen none of: {own}")
        return LocalPrior.of(self.experts, batch)

    def predict(self, graphs: Graphs) -> FloatArray:
        """``(B,)`` scores of graphs of one space, judged by their standing among themselves; larger ones are better.

        Raises:
            ValueError: As for ``at``.
        """
        batch = GraphBatch.from_graphs(graphs)
        return self.at(batch).predict(batch)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file, whole or not at all; ``load_prior`` reads it.

        Raises:
            OSError: The file cannot be written.
        """
        names = {"tables": [expert.name for expert in self.experts], "ops": OPS, "columns": COLUMNS}
        write_container(path, {"kind": KIND, **names, "card": self.card}, self.parts())

    def parts(self) -> dict[str, bytes]:
        """What the experts know, as named files."""
        arrays: dict[str, FloatArray] = {}
        parts: dict[str, bytes] = {}
        for number, expert in enumerate(self.experts):
            arrays |= expert.arrays(f"{number}.")
            parts[f"{number}.ubj"] = bytes(expert.forest.save_raw("ubj"))
        return parts | {"prior.safetensors": save(arrays)}

    def __repr__(self) -> str:
        return f"Prior({len(self.experts)} tables, {content_hash(self.parts())})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def load_prior(path: str | os.PathLike[str]) -> Prior:
    """The prior that ``Prior.save`` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is truncated, altered, no prior, or of another vocabulary of operations.
    """
    header, parts = read_container(path)
    if header.get("kind") != KIND:
        raise ValueError(f"{str(path)!r} is a predictor of kind {header.get('kind')!r}, and no prior")
    if header.get("ops") != list(OPS) or header.get("columns") != list(COLUMNS):
        raise ValueError(f"{str(path)!r} knows other operations or columns than archgraph has now; learn it again")
    try:
        arrays = load(parts["prior.safetensors"])
        experts = [
            Expert.restored(name, arrays, f"{number}.", parts[f"{number}.ubj"])
            for number, name in enumerate(header["tables"])
        ]
        return Prior(experts, header["card"])
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{str(path)!r} is damaged or no prior: {error}") from error

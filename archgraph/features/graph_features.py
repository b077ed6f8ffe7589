"""Graphs to vectors: what is in them, where, and on which paths."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from archgraph.features.given import Given
from archgraph.features.gradients import GRADIENT_MEASURES, GRADIENT_PASSES, GradientSweeps
from archgraph.features.links import link_counts
from archgraph.features.paths import PathSweeps
from archgraph.features.places import Column, Places
from archgraph.features.reach import REACHES, reached
from archgraph.features.signals import MEASURES, MOST_SLOTS, PASSES, SignalSweeps
from archgraph.features.slots import Slots, chunks
from archgraph.features.subsets import membership, subsets
from archgraph.features.tokens import Tokens
from archgraph.graph import ArchGraph, GraphBatch
from archgraph.graph.costs import COSTS
from archgraph.typing import FloatArray, IntArray

SWEEPS: dict[str, Callable[[PathSweeps], FloatArray | IntArray]] = {
    "shortest": PathSweeps.shortest,
    "longest": PathSweeps.longest,
    "number": PathSweeps.number,
    "most": PathSweeps.most,
    "least": PathSweeps.least,
}
OF_SETS = ("count", "first", "last", *SWEEPS)
COUNTS = ("nodes", "edges", "count", *REACHES, "first", "last", "link", "total")
PLACES = ("token", "present", "setting", "shape")
PAIRS_UP_TO = 8
"""With more tokens than this, links between pairs of them are left out."""


class GraphFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """Vectors for models that take no graphs, learned from and applied to batches.

    Columns are counts of operations, also of those alone that data flows through, lengths and numbers of paths
    restricted to sets of operations, links between operations and to input and output, cost totals, what becomes of a
    random network's signals and gradients (see ``signals`` and ``gradients``), what stands at each position where
    graphs carry positions, and the numbers that come with a batch (``GraphBatch.with_columns``), by their rank among
    the training graphs. Which operations, sets and positions there are is read off the training graphs; columns in
    which those do not differ, or which order them as another does, are dropped.

    Args:
        reach: Count apart the operations that data flows through, where that is not all of them.

    Source:
        Kadlecová et al., "Surprisingly Strong Performance Prediction with Neural Graph Features", ICML 2024,
        https://arxiv.org/abs/2404.16551.
    """

    def __init__(self, reach: bool = True) -> None:
        self.reach = reach

    def fit(self, graphs: GraphBatch | Sequence[ArchGraph], y: Any = None) -> Self:
        """Learn the columns from B training graphs.

        Raises:
            ValueError: There is no graph.
        """
        batch = GraphBatch.from_graphs(graphs)
        if not len(batch):
            raise ValueError("graphs must hold at least one graph, but hold none")
        self.tokens_ = Tokens.learn(batch)
        whole = Slots.of(batch, self.tokens_, 0, len(batch))
        self.places_ = Places.learn(whole)
        self.given_ = Given.learn(batch)
        self.deepest_ = int(whole.codes.shape[0])
        self._prepare()
        candidates = self._candidates(batch, whole)
        # models need something to look at even where all training graphs are alike
        kept = _informative(self._compute(batch, candidates)) or [0]
        self.columns_ = [candidates[column] for column in kept]
        return self

    def transform(self, graphs: GraphBatch | Sequence[ArchGraph]) -> FloatArray:
        """``(B, F)`` float32, NaN nowhere; unseen operations count as operations of no known token.

        Raises:
            ValueError: The graphs lack a column that came with the training graphs.
        """
        check_is_fitted(self)
        return self._compute(GraphBatch.from_graphs(graphs), self.columns_)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, np.dtype[np.object_]]:
        """``(F,)`` names of the columns."""
        check_is_fitted(self)
        return np.array([self._name(column) for column in self.columns_], dtype=object)

    def settings(self) -> list[int]:
        """Numbers of the columns that hold the value of a setting at a place."""
        check_is_fitted(self)
        return [number for number, column in enumerate(self.columns_) if column[0] == "setting"]

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs, ready for JSON."""
        check_is_fitted(self)
        return {
            "reach": self.reach,
            "tokens": self.tokens_.state(),
            "positions": self.places_.positions,
            "deepest": self.deepest_,
            "given": self.given_.state(),
            "columns": self.columns_,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The inverse of ``state``."""
        features = cls(state["reach"])
        features.tokens_ = Tokens.from_state(state["tokens"])
        features.places_ = Places(state["positions"])
        features.deepest_ = state["deepest"]
        features.given_ = Given(state["given"])
        features.columns_ = [tuple(column) for column in state["columns"]]
        features._prepare()
        return features

    def _prepare(self) -> None:
        self._sets = subsets(self.tokens_)
        self._inside = membership(self.tokens_, tuple(chosen for _, chosen in self._sets))

    def _candidates(self, batch: GraphBatch, slots: Slots) -> list[Column]:
        sets, known = range(len(self._sets)), range(len(self.tokens_))
        columns: list[Column] = [("nodes",), ("edges",), *(("cost", name) for name in COSTS)]
        chains = _are_chains(batch)
        columns += [(kind, number) for kind in (("count",) if chains else OF_SETS) for number in sets]
        if self.reach and not chains:
            # of sets with one operation, and of all
            ends = [number for number, (_, chosen) in enumerate(self._sets) if len(chosen) in (1, len(known))]
            columns += [(reach, number) for reach in REACHES for number in ends]
        if not chains and len(slots.codes) <= MOST_SLOTS:
            columns += [(measure, passes) for passes in PASSES for measure in MEASURES]
            columns += [(measure, passes) for passes in GRADIENT_PASSES for measure in GRADIENT_MEASURES]
        if len(known) <= PAIRS_UP_TO:
            columns += [("link", one, two) for one in known for two in known]
        columns += [("total", name) for name in self.tokens_.settings]
        columns += [("given", name) for name in self.given_.quantiles]
        return columns + self.places_.columns(slots, self.tokens_)

    def _compute(self, batch: GraphBatch, columns: list[Column]) -> FloatArray:
        result = np.empty((len(batch), len(columns)), dtype=np.float32)

        def fill(chunk: tuple[int, int]) -> None:
            slots = Slots.of(batch, self.tokens_, *chunk)
            result[slice(*chunk)] = self._rows(slots, columns).T

        # NumPy lets other threads work while it does
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            deque(pool.map(fill, chunks(batch, bytes_per_slot=4 * len(self._sets) + 64)), maxlen=0)
        costs = batch.costs() if any(column[0] == "cost" for column in columns) else {}
        for values, (kind, *rest) in zip(result.T, columns, strict=True):
            if kind == "cost":
                values[:] = np.nan_to_num(costs[rest[0]])
            elif kind == "given":
                values[:] = self.given_.ranks(batch, rest[0])
        return result

    def _rows(self, slots: Slots, columns: list[Column]) -> FloatArray:
        """``(len(columns), B)`` values; those of costs and of given numbers are left empty."""
        rows = np.empty((len(columns), len(slots)), dtype=np.float32)
        blocks = (
            (COUNTS, self._counts),
            (tuple(SWEEPS), self._paths),
            (MEASURES, self._signals),
            (GRADIENT_MEASURES, self._gradients),
            (PLACES, self._at_places),
        )
        for kinds, block in blocks:
            numbers = [number for number, column in enumerate(columns) if column[0] in kinds]
            if numbers:
                rows[numbers] = block(slots, [columns[number] for number in numbers])
        return rows

    def _counts(self, slots: Slots, columns: list[Column]) -> FloatArray:
        tokens = self.tokens_
        here = [slots.codes == code for code in range(len(tokens) + 1)]
        own = np.stack([each.sum(axis=0) for each in here]).astype(np.float32)
        pairs = any(column[0] == "link" for column in columns)
        after_input, before_output, between = link_counts(slots, tokens, pairs)
        inside = self._inside[: len(tokens) + 1].T.astype(np.float32)
        in_sets = {
            "count": inside @ own,
            "first": inside[:, :-1] @ after_input,
            "last": inside[:, :-1] @ before_output,
        }
        if any(column[0] in REACHES for column in columns):
            for reach, nodes in reached(slots, tokens).items():
                in_sets[reach] = inside @ np.stack([(each & nodes).sum(axis=0) for each in here]).astype(np.float32)
        rows = np.empty((len(columns), len(slots)), dtype=np.float32)
        for row, (kind, *rest) in zip(rows, columns, strict=True):
            if kind in in_sets:
                row[:] = in_sets[kind][rest[0]]
            elif kind == "link":
                row[:] = between[rest[0], rest[1]]
            elif kind == "total":
                row[:] = tokens.setting(rest[0]).astype(np.float32) @ own[:-1]
            else:
                row[:] = (slots.codes < len(tokens) + 4).sum(axis=0) if kind == "nodes" else slots.joined.sum(axis=0)
        return rows

    def _paths(self, slots: Slots, columns: list[Column]) -> FloatArray:
        rows = np.empty((len(columns), len(slots)), dtype=np.float32)
        for kind in dict.fromkeys(column[0] for column in columns):
            numbers = [number for number, column in enumerate(columns) if column[0] == kind]
            sweeps = PathSweeps(slots, self.tokens_, self._inside[:, [columns[number][1] for number in numbers]])
            values = SWEEPS[kind](sweeps)
            if kind == "shortest":
                # no path at all is further than any
                values = np.minimum(np.where(values < 0, self.deepest_, values), self.deepest_)
            rows[numbers] = values
        return rows

    def _signals(self, slots: Slots, columns: list[Column]) -> FloatArray:
        found = SignalSweeps(slots, self.tokens_).measures(max(passes for _, passes in columns))
        return np.stack([found[measure, passes] for measure, passes in columns])

    def _gradients(self, slots: Slots, columns: list[Column]) -> FloatArray:
        found = GradientSweeps(slots, self.tokens_).measures(max(GRADIENT_PASSES))
        return np.stack([found[measure, passes] for measure, passes in columns])

    def _at_places(self, slots: Slots, columns: list[Column]) -> FloatArray:
        return self.places_.compute(slots, self.tokens_, columns)

    def _name(self, column: Column) -> str:
        kind, *rest = column
        names = self.tokens_.names
        if kind in (*OF_SETS, *REACHES):
            return f"{kind} {self._sets[rest[0]][0]}"
        if kind == "link":
            return f"link {names[rest[0]]} > {names[rest[1]]}"
        if kind == "token":
            return f"position {rest[0]} {names[rest[1]]}"
        if kind == "given":
            return str(rest[0])
        if kind in (*MEASURES, *GRADIENT_MEASURES):
            return f"signal {kind} after {rest[0]}"
        if kind in PLACES:
            return " ".join(("position", str(rest[0]), *(rest[1:] or [kind])))
        return " ".join(map(str, column))


def _are_chains(batch: GraphBatch) -> bool:
    """Whether each graph is a single path, of which counts tell all that restricted paths could."""
    follows = batch.edges[:, 1] == batch.edges[:, 0] + 1
    return bool(follows.all() and np.array_equal(np.diff(batch.edge_start), batch.nodes - 1))


def _informative(values: FloatArray) -> list[int]:
    """Columns of ``(B, F)`` values that vary, the first of those that order the rows alike."""
    seen: dict[bytes, int] = {}
    for number, column in enumerate(values.T):
        distinct, order = np.unique(column, return_inverse=True)
        if len(distinct) > 1:
            seen.setdefault(order.tobytes(), number)
    return sorted(seen.values())

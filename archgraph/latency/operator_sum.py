"""The time of a network as the sum of those of its operators."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from archgraph import _check
from archgraph._files import write_text
from archgraph.graph import ArchGraph
from archgraph.graph.operators import operators
from archgraph.latency.operator_times import OperatorTimes
from archgraph.spaces import SearchSpace
from archgraph.typing import FloatArray, IntArray

COLUMN = "operators_ms"
"""What the sums are called beside graphs and in tables."""

FORMAT = "archgraph operator sum"
VERSION = 1

PULL = 0.03
"""How strongly weights are drawn to those of a plain sum, whose errors are all alike."""


class Sums(NamedTuple):
    """Times of B networks.

    Attributes:
        milliseconds: ``(B,)``.
        operators: ``(B,)`` how many each network has.
        interpolated: ``(B,)`` how many of them were not measured themselves.
    """

    milliseconds: FloatArray
    operators: IntArray
    interpolated: IntArray


class OperatorSum:
    """Latency of networks from a table of operators.

    A network takes what calling any network takes, and what each of its operators takes beyond that. Operators are
    slower inside a network than on their own, where all that they need is in the caches, and the steps from one to the
    next take time too; a few measured networks tell by how much.

    Args:
        times: Of the operators.
        weights: Of the call, of the sum over the operators, and of a further call for each operator.

    Attributes:
        times: The same.
        weights: ``(3,)`` the same.

    Source:
        Cai et al., "ProxylessNAS", ICLR 2019, for sums over a table; Zhang et al., "nn-Meter", MobiSys 2021, for fused
        operators as the terms.
    """

    def __init__(self, times: OperatorTimes, weights: ArrayLike = (1.0, 1.0, 0.0)) -> None:
        self.times = times
        self.weights = _check.finite_vector("weights", weights, 3)
        if self.weights.min() < 0:
            raise ValueError(f"weights must not be negative, but are {self.weights.tolist()}")

    def fit(self, networks: Iterable[ArchGraph], milliseconds: ArrayLike) -> Self:
        """Learn from n whole networks, one or more, how their times differ from plain sums.

        Args:
            networks: ``(n,)`` full graphs.
            milliseconds: ``(n,)`` what they took where the operators were measured.

        Raises:
            ValueError: The lengths differ, there is none, or a time is not above 0.
        """
        parts = self._parts(networks)[0]
        y = _check.finite_vector("milliseconds", milliseconds, len(parts))
        if len(y) == 0 or y.min() <= 0:
            raise ValueError(
                "milliseconds must be above 0, at least one, but " + (f"are {y.min():g}" if len(y) else "are none")
            )
        plain = parts[:, 0] + parts[:, 1]
        # of what takes no time by the table there is no factor
        some = plain > 0
        factor = np.exp(np.mean(np.log(y[some] / plain[some]))) if some.any() else 1.0
        expected = factor * np.array([1.0, 1.0, 0.0])
        size = np.maximum((parts / y[:, None]).mean(axis=0), 1e-9)
        pull = np.sqrt(PULL**2 * len(y)) * np.diag(size)
        rows = np.concatenate([parts / y[:, None], pull])
        self.weights = optimize.nnls(rows, np.concatenate([np.ones(len(y)), pull @ expected]))[0]
        return self

    def sums(self, networks: Iterable[ArchGraph]) -> Sums:
        """Times of B full graphs."""
        parts, count, interpolated = self._parts(networks)
        return Sums(parts @ self.weights, count, interpolated)

    def operators_ms(self, space: SearchSpace, genotypes: ArrayLike) -> FloatArray:
        """``(B,)`` milliseconds of ``(B, G)`` genotypes, a column for ``GraphBatch.with_columns``.

        Raises:
            ValueError: A genotype is not of the space, or the space describes no full network.
        """
        return self.sums(space.network(row) for row in space.check(genotypes)).milliseconds

    def _parts(self, networks: Iterable[ArchGraph]) -> tuple[FloatArray, IntArray, IntArray]:
        """``(B, 3)`` milliseconds that weights are of, and how many operators there are and are interpolated."""
        overhead = self.times.overhead
        found = []
        for network in networks:
            told = self.times(operators(network, self.times.folds))
            own = float(np.maximum(told.milliseconds - overhead, 0.0).sum())
            found.append(
                (overhead, own, overhead * len(told.milliseconds), len(told.milliseconds), told.interpolated.sum())
            )
        table = np.array(found, dtype=np.float64).reshape(-1, 5)
        return table[:, :3], table[:, 3].astype(np.int64), table[:, 4].astype(np.int64)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one JSON file, whole or not at all.

        Raises:
            OSError: The file cannot be written.
        """
        write_text(path, json.dumps({"format": FORMAT, "version": VERSION} | self.state(), indent=1) + "\n")

    def state(self) -> dict[str, Any]:
        """What ``from_state`` needs, ready for JSON."""
        return {"device": self.times.card, "weights": self.weights.tolist(), "operators": self.times.measured}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> OperatorSum:
        """The inverse of ``state``."""
        return cls(OperatorTimes(state["operators"], state["device"]), state["weights"])

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> OperatorSum:
        """What ``save`` wrote.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is damaged, something else, or of a newer version.
        """
        try:
            kept = json.loads(Path(path).read_text(encoding="utf-8"))
            if kept["format"] != FORMAT:
                raise ValueError(f"its format is {kept['format']!r}")
            newer = kept["version"] > VERSION
            found = None if newer else cls.from_state(kept)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{str(path)!r} is damaged or no sum of operators, which 'archgraph operators --save' writes: {error}"
            ) from error
        if found is None:
            raise ValueError(f"{str(path)!r} is of format version {kept['version']}; update archgraph to read it")
        return found

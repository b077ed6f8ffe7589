"""Searches held against a truth of which everything is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from archgraph.evaluators import Evaluation, Evaluator
from archgraph.objectives import Objective, Scaling, hypervolume, non_dominated
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray


@dataclass(frozen=True)
class SearchTruth:
    """What searches ask, and what the best of them could find.

    Attributes:
        name: As records call it.
        space: Where to search.
        verifier: The truth.
        scaling: Of the objectives.
        volume: Scaled hypervolume of the true front.
    """

    name: str
    space: SearchSpace
    verifier: Evaluator
    scaling: Scaling
    volume: float

    @classmethod
    def of(
        cls,
        name: str,
        space: SearchSpace,
        verifier: Evaluator,
        values: Mapping[str, FloatArray],
        objectives: Sequence[Objective],
        front: Mapping[str, FloatArray] | None = None,
    ) -> Self:
        """Scaled from the best value of each objective to the 95th percentile.

        Args:
            name: As records call it.
            space: Where to search.
            verifier: The truth.
            values: Column to ``(R,)`` values of the whole space, or of random architectures where that is too large.
            objectives: What to improve.
            front: Column to ``(B,)`` values of the best there is; None = the best of ``values``.

        Raises:
            UnknownNameError: ``values`` lack a column.
            ValueError: An objective does not vary.
        """
        whole = {objective.column: np.asarray(values[objective.column]) for objective in objectives}
        best = whole if front is None else {name: np.append(whole[name], front[name]) for name in whole}
        random = Scaling.of(whole, objectives)
        scaling = Scaling(random.objectives, Scaling.of(best, objectives).best, random.reference)
        return cls(name, space, verifier, scaling, hypervolume(scaling.apply(best), scaling.corner))

    def improvements(self, found: Evaluation) -> list[list[float]]:
        """The evaluations that no earlier one beat, in order: which it was, from 1 on, and its K scaled objectives."""
        points = self.scaling.apply(found)
        kept: list[list[float]] = []
        front = np.empty((0, points.shape[1]))
        for number, point in enumerate(points, start=1):
            known = front.size and bool((front <= point).all(axis=1).any())
            if np.isnan(point).any() or known:
                continue
            kept.append([number, *point.tolist()])
            front = np.concatenate([front, point[None]])
            front = front[non_dominated(front)]
        return kept


def shares(improvements: Sequence[Sequence[float]], volume: float) -> tuple[list[int], FloatArray]:
    """Evaluations after which a search held more than before, and the share of the true hypervolume after each.

    Args:
        improvements: As ``SearchTruth.improvements`` gives them.
        volume: Scaled hypervolume of the true front.
    """
    points = np.array([line[1:] for line in improvements], dtype=np.float64)
    held = [hypervolume(points[: row + 1], np.ones(points.shape[1])) / volume for row in range(len(points))]
    return [int(line[0]) for line in improvements], np.array(held)


def evaluations_to(share: float, improvements: Sequence[Sequence[float]], volume: float) -> int | None:
    """Evaluations until a search held ``share`` of the true hypervolume; None if it never did."""
    numbers, held = shares(improvements, volume)
    # what is the whole front may have been summed up in another order
    reached = np.flatnonzero(held >= share - 1e-9)
    return numbers[int(reached[0])] if len(reached) else None

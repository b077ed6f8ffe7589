"""Searchers that keep what they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from archgraph.objectives import Constraint, Objective
from archgraph.search.searcher import Searcher
from archgraph.search.told import Told
from archgraph.spaces.base import SearchSpace


class RememberingSearcher(Searcher):
    """Keeps everything that it was told, or what ``_kept`` leaves of it, in its state too."""

    def __init__(
        self,
        space: SearchSpace,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        seed: int = 0,
    ) -> None:
        super().__init__(space, objectives, constraints, seed)
        self._told = Told.nothing(space, self.objectives, self.constraints)

    def _learn(self, told: Told) -> None:
        self._told = self._kept(self._told.joined(told))

    def _kept(self, told: Told) -> Told:
        """What is worth keeping of all that was told, in the order of telling."""
        return told

    def state(self) -> dict[str, Any]:
        """What is kept of what was told, and the state of the random numbers."""
        return super().state() | {"told": self._told.state()}

    def restore(self, state: Mapping[str, Any], known: ArrayLike) -> None:
        """Go on where ``state`` was taken; see ``Searcher.restore``."""
        super().restore(state, known)
        self._told = self._told.restored(state["told"], self.objectives, self.constraints)

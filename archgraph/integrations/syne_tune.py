"""Architectures in Syne Tune: a scheduler that starts what a searcher asks for.

Source:
    Salinas, Seeger, Klein, Perrone, Wistuba and Archambeau, "Syne Tune: A library for large scale hyperparameter tuning
    and reproducible research", AutoML 2022.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from archgraph.integrations.extras import needs
from archgraph.registry import UnknownNameError
from archgraph.search.searcher import Searcher
from archgraph.spaces import SearchSpace

with needs("syne-tune", "syne-tune", __name__):
    from syne_tune.config_space import choice
    from syne_tune.optimizer.scheduler import SchedulerDecision
    from syne_tune.optimizer.schedulers.searchers.searcher import BaseSearcher
    from syne_tune.optimizer.schedulers.single_fidelity_scheduler import SingleFidelityScheduler


def config_space(space: SearchSpace) -> dict[str, Any]:
    """The variables of a space as Syne Tune's choices; schedulers of its own search them, too."""
    return {variable.name: choice(list(variable.choices)) for variable in space.variables}


class GenotypeScheduler(SingleFidelityScheduler):
    """Starts the architectures that a searcher asks for, and tells it what they reported last.

    A trial's configuration names every variable of the space, and ``space.from_config`` makes a genotype of it. Trials
    report their objectives, and the constrained columns that have no exact answer, by the names of the columns. Where
    goals differ, Syne Tune is told that all are minimised, which changes nothing but its own summaries.

    Args:
        searcher: Any, such as a ``PredictorSearcher``.
        columns: Further columns that trials report and that the searcher is told, such as those of constraints.
        fixed: Configuration that every trial gets besides.
        seed: Of Syne Tune's own choices.

    Raises:
        ValueError: A fixed entry has the name of a variable.
    """

    def __init__(
        self,
        searcher: Searcher,
        columns: Sequence[str] = (),
        fixed: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        whole = config_space(searcher.space)
        for name in fixed or {}:
            if name in whole:
                raise ValueError(f"fixed must hold no variable of {searcher.space.name!r}, but holds {name!r}")
        goals = {objective.goal for objective in searcher.objectives}
        metrics = list(dict.fromkeys([*(objective.column for objective in searcher.objectives), *columns]))
        super().__init__(
            config_space=whole | dict(fixed or {}),
            metrics=metrics,
            do_minimize=goals != {"max"},
            searcher=_Asking(searcher, whole, seed),
            random_seed=seed,
        )
        self._told = searcher

    def on_trial_complete(self, trial: Any, result: Mapping[str, Any]) -> None:
        """Tell the searcher what an architecture is worth.

        Raises:
            UnknownNameError: The trial did not report a column.
        """
        for name in self.metrics:
            if name not in result:
                raise UnknownNameError("metric of a trial's report", name, list(result))
        self._tell(trial, [float(result[name]) for name in self.metrics])

    def on_trial_result(self, trial: Any, result: Mapping[str, Any]) -> str:
        """Let every trial run to its end."""
        return str(SchedulerDecision.CONTINUE)

    def on_trial_error(self, trial: Any) -> None:
        """Tell the searcher that an architecture failed; it is not asked for again."""
        super().on_trial_error(trial)
        self._tell(trial, [np.nan] * len(self.metrics))

    def _tell(self, trial: Any, values: Sequence[float]) -> None:
        space = self._told.space
        genotype = space.from_config({variable.name: trial.config[variable.name] for variable in space.variables})
        self._told.tell(genotype, {name: np.array([value]) for name, value in zip(self.metrics, values, strict=True)})


class _Asking(BaseSearcher):
    """The half of a searcher that Syne Tune asks; its scheduler tells."""

    def __init__(self, searcher: Searcher, space: dict[str, Any], seed: int) -> None:
        super().__init__(space, random_seed=seed)
        self.searcher = searcher

    def suggest(self, **_: Any) -> dict[str, Any] | None:
        """The next architecture; None, which ends the tuning, where the searcher has no more."""
        asked = self.searcher.ask(1)
        return self.searcher.space.to_config(asked[0]) if len(asked) else None

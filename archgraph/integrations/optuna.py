"""Architectures in Optuna: a sampler that proposes by predictors, and pruning of those that they give no hope.

Source:
    Akiba, Sano, Yanase, Ohta and Koyama, "Optuna: A next-generation hyperparameter optimization framework", KDD 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import RLock
from typing import Any

import numpy as np

from archgraph import _check
from archgraph.evaluators import Evaluation, Evaluator
from archgraph.integrations.extras import needs
from archgraph.objectives import Constraint, feasible, minimised, wanted_columns
from archgraph.search.predictor_searcher import GROWTH, PredictorSearcher
from archgraph.search.searcher import Searcher
from archgraph.spaces import SearchSpace, Variable
from archgraph.typing import IntArray

with needs("optuna", "optuna", __name__):
    import optuna
    from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
    from optuna.samplers import BaseSampler, RandomSampler
    from optuna.study import StudyDirection
    from optuna.trial import FrozenTrial, TrialState

_GOALS = {StudyDirection.MAXIMIZE: "max", StudyDirection.MINIMIZE: "min"}
_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


def suggest(trial: Any, space: SearchSpace) -> IntArray:
    """The canonical ``(G,)`` genotype that a trial is about, every variable of the space suggested by its name.

    Evenly rising whole numbers are suggested as such, all other choices as categories.

    Args:
        trial: Of any study, with any sampler.
        space: Whose variables are suggested; other parameters of the trial may be suggested besides.

    Raises:
        TrialPruned: The sampler put together what is no valid architecture.
    """
    config = {variable.name: _suggested(trial, variable) for variable in space.variables}
    genotype = space.from_config(config)
    if not space.is_valid(genotype):
        raise optuna.TrialPruned(f"no valid architecture of {space.name!r}")
    row: IntArray = space.canonical(genotype)[0]
    return row


def _suggested(trial: Any, variable: Variable) -> Any:
    numbers = variable.choices
    if len(numbers) > 1 and all(type(number) is int for number in numbers):
        steps = np.diff(np.array(numbers, dtype=np.int64))
        if steps[0] > 0 and (steps == steps[0]).all():
            return trial.suggest_int(variable.name, numbers[0], numbers[-1], step=int(steps[0]))
    return trial.suggest_categorical(variable.name, list(numbers))


class GenotypeSampler(BaseSampler):
    """Suggests the architectures that a searcher asks for, and tells it what becomes of them.

    The objective suggests the variables of the space by their names, as ``suggest`` does or line by line; names that
    are none of the space's are sampled at random. Whatever the study's storage holds is told first, so a study is
    continued with a new sampler, and several processes may work on it: give their searchers different seeds. Columns
    of constraints that have no exact answer are read from the trial's user attributes.

    Args:
        searcher: Any, such as a ``PredictorSearcher``; its objectives are those of the study, in the same order.
        seed: Of parameters that are no variables of the space.
    """

    def __init__(self, searcher: Searcher, seed: int = 0) -> None:
        self.searcher = searcher
        self._others = RandomSampler(seed)
        self._diary = _Diary(searcher)
        self._planned: dict[int, dict[str, Any]] = {}

    def infer_relative_search_space(self, study: Any, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Nothing: every variable is answered when it is suggested, under whatever distribution."""
        return {}

    def sample_relative(self, study: Any, trial: FrozenTrial, search_space: dict[str, Any]) -> dict[str, Any]:
        """Nothing."""
        return {}

    def sample_independent(
        self, study: Any, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """The choice of the architecture that this trial is about; a random one if the distribution excludes it.

        Raises:
            ValueError: The study's directions are not those of the searcher's objectives.
        """
        with self._diary.lock:
            if trial.number not in self._planned:
                self._diary.read(study)
                asked = self.searcher.ask(1)
                self._planned[trial.number] = self.searcher.space.to_config(asked[0]) if len(asked) else {}
            config = self._planned[trial.number]
            if param_name in config and _admits(param_distribution, config[param_name]):
                return config[param_name]
            return self._others.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study: Any, trial: FrozenTrial, state: TrialState, values: Any) -> None:
        """Forget the plan; the next trial's first suggestion tells the searcher how this one ended."""
        self._planned.pop(trial.number, None)

    def reseed_rng(self) -> None:
        """Draw other parameters anew in this process."""
        self._others.reseed_rng()


class Pruning:
    """Ends trials of architectures that predictors give no hope, before anything is trained.

    It works with every sampler. Hopeless is who breaks a constraint, or is beaten in all objectives by a finished
    trial, even if the predictions err by ``doubt`` standard deviations to their disadvantage. In use::

        prune = Pruning(PredictorSearcher(space, ["val_acc:max"], {"val_acc": predictor}))


        def objective(trial):
            genotype = suggest(trial, space)
            prune(trial, genotype)
            return train(genotype)

    Args:
        searcher: Learns from the finished trials; it is asked for nothing. Its ``first`` trials are never pruned.
        doubt: Standard deviations.
    """

    def __init__(self, searcher: PredictorSearcher, doubt: float = 1.645) -> None:
        self.searcher = searcher
        self.doubt = _check.number("doubt", doubt)
        self._diary = _Diary(searcher)
        self._scorer: Evaluator | None = None
        self._learned_from = 0

    def __call__(self, trial: Any, genotype: IntArray) -> None:
        """Return where there is hope.

        Raises:
            TrialPruned: There is none.
            ValueError: The study's directions are not those of the searcher's objectives.
        """
        with self._diary.lock:
            self._diary.read(trial.study)
            scorer = self._current()
            if scorer is not None and self._hopeless(scorer.evaluate(genotype)):
                raise optuna.TrialPruned("predicted to be worse than what is known")

    def _current(self) -> Evaluator | None:
        """The predictors, learned anew once there is an eighth more to learn from."""
        told = len(self.searcher.told)
        if self._scorer is None or told >= self._learned_from * (1 + 1 / GROWTH):
            self._scorer, self._learned_from = self.searcher.learned(), told
        return self._scorer

    def _hopeless(self, found: Evaluation) -> bool:
        task = self.searcher.task
        hoped = {
            bound: found[bound.column] + _better(bound) * self.doubt * found.std.get(bound.column, np.zeros(1))
            for bound in task.all_constraints
        }
        if any(bound.violation(values)[0] > 0 for bound, values in hoped.items()):
            return True
        doubts = [found.std.get(objective.column, np.zeros(1))[0] for objective in task.objectives]
        point = minimised(found, task.objectives)[0] - self.doubt * np.array(doubts)
        told = self.searcher.told.values
        held = minimised(told, task.objectives)[feasible(told, task.all_constraints)]
        return bool((held <= point).all(axis=1).any())


def _better(bound: Constraint) -> int:
    return -1 if bound.relation == "<=" else 1


class _Diary:
    """What a searcher was told of one study: every finished trial, once."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.lock = RLock()
        self._read: set[int] = set()

    def read(self, study: Any) -> None:
        """Tell the searcher what it does not know yet."""
        wanted = [goal.goal for goal in self.searcher.objectives]
        given = [
            "max" if direction == optuna.study.StudyDirection.MAXIMIZE else "min" for direction in study.directions
        ]
        if wanted != given:
            raise ValueError(
                f"the directions of the study must be those of the objectives, {', '.join(wanted)}, "
                f"but are {', '.join(given)}"
            )
        for trial in study.get_trials(deepcopy=False, states=_FINISHED):
            if trial.number not in self._read:
                self._read.add(trial.number)
                self._tell(trial)

    def _tell(self, trial: FrozenTrial) -> None:
        space, searcher = self.searcher.space, self.searcher
        genotype = _genotype(space, trial.params)
        if genotype is None or not space.is_valid(genotype):
            return
        done = trial.state == TrialState.COMPLETE
        goals = [goal.column for goal in searcher.objectives]
        values = dict(zip(goals, trial.values if done else [np.nan] * len(goals), strict=True))
        for column in wanted_columns(searcher.objectives, searcher.constraints):
            if column not in values and (column in trial.user_attrs or not done):
                values[column] = trial.user_attrs.get(column, np.nan)
        searcher.tell(genotype, {column: np.array([value], np.float64) for column, value in values.items()})


def _genotype(space: SearchSpace, params: Mapping[str, Any]) -> IntArray | None:
    """The genotype of a trial's parameters, what was not suggested at its first choice; None if it is of no space."""
    config = {variable.name: params.get(variable.name, variable.choices[0]) for variable in space.variables}
    known = any(variable.name in params for variable in space.variables)
    if not known or any(config[variable.name] not in variable.choices for variable in space.variables):
        return None
    return space.from_config(config)


def _admits(distribution: BaseDistribution, choice: Any) -> bool:
    """Whether a distribution holds ``choice``."""
    if isinstance(distribution, CategoricalDistribution):
        return choice in distribution.choices
    if not isinstance(choice, int | float) or not isinstance(distribution, IntDistribution | FloatDistribution):
        return False
    inside = distribution.low <= choice <= distribution.high
    step = distribution.step
    return inside and (step is None or (choice - distribution.low) % step == 0)

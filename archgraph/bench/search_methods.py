"""Searches that are compared: archgraph's own, the published ones, and samplers of Optuna."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from archgraph.bench.search_truth import SearchTruth
from archgraph.evaluators import Costs, Evaluation, Evaluator, Wrapping, genotype_keys
from archgraph.integrations.extras import needs
from archgraph.networks.threads import torch_threads
from archgraph.predictors import GaussianProcessPredictor
from archgraph.registry import UnknownNameError
from archgraph.search import search
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

TRAINED_ON = 300
"""Random architectures that teach the predictors of "guided"."""


class Searched(NamedTuple):
    """What a search asked the truth for, and the time that it took itself.

    Attributes:
        genotypes: ``(B, G)`` in the order of asking, none twice.
        seconds: For each of them, beside the truth's own.
        late_seconds: The same for the last fifth of what was asked, when most is known.
    """

    genotypes: IntArray
    seconds: float
    late_seconds: float


def searched(method: str, truth: SearchTruth, budget: int, seed: int) -> Searched:
    """A search for the best that the truth knows, on one thread.

    Args:
        method: One of ``METHODS``.
        truth: What is asked.
        budget: Architectures to ask for at most.
        seed: Of the search.

    Raises:
        UnknownNameError: There is no such method.
        ImportError: It is one of Optuna's, which is not installed.
    """
    if method not in METHODS:
        raise UnknownNameError("search method", method, list(METHODS))
    timed = _Timed(truth.space, truth.verifier)
    with threadpool_limits(1), torch_threads(1):
        asked = METHODS[method](SearchTruth(truth.name, truth.space, timed, truth.scaling, truth.volume), budget, seed)
        return Searched(asked, timed.own_seconds() / len(asked), timed.late_seconds())


class _Timed(Wrapping):
    """The truth, and how long whoever asks it takes between its answers."""

    def __init__(self, space: SearchSpace, truth: Evaluator) -> None:
        super().__init__(truth)
        self.space = space
        self._known: set[Any] = set()
        # architectures that were asked for so far, and seconds until then
        self._asked, self._own, self._since = [0], [0.0], perf_counter()

    def evaluate(self, genotypes: Any) -> Evaluation:
        self._own.append(self.own_seconds())
        self._known.update(genotype_keys(self.space, genotypes).tolist())
        self._asked.append(len(self._known))
        found = self.evaluator.evaluate(genotypes)
        self._since = perf_counter()
        return found

    def own_seconds(self) -> float:
        """All until now, beside the answers."""
        return self._own[-1] + perf_counter() - self._since

    def late_seconds(self) -> float:
        """For each of the last fifth of the architectures; of the last batch, if that was more."""
        asked = np.array(self._asked)
        begin = int(np.flatnonzero(asked < asked[-1])[-1])
        begin = min(begin, int(np.searchsorted(asked, 0.8 * asked[-1])))
        return (self._own[-1] - self._own[begin]) / int(asked[-1] - asked[begin])


def _predictors(truth: SearchTruth, seed: int) -> dict[str, GaussianProcessPredictor]:
    """A process for every objective that no formula tells."""
    columns = [goal.column for goal in truth.scaling.objectives if goal.column not in Costs.columns]
    return {column: GaussianProcessPredictor(seed=seed, threads=1) for column in columns}


def _guided(truth: SearchTruth, budget: int, seed: int) -> IntArray:
    """The few that predictors choose; what they learned from is not among them."""
    rows = truth.space.sample_distinct(TRAINED_ON, np.random.default_rng([seed, 7]))
    known, graphs = truth.verifier.evaluate(rows), truth.space.graphs(rows)
    fitted = {name: model.fit(graphs, known[name]) for name, model in _predictors(truth, seed).items()}
    study = search(truth.space, truth.scaling.objectives, fitted, verifier=truth.verifier, budget=budget, seed=seed)
    return study.records("verified").genotypes


def _by_strategy(name: str, learns: bool = False, bounded: bool = False) -> Callable[[SearchTruth, int, int], IntArray]:
    """A strategy that decides alone what is asked next.

    Args:
        name: As archgraph calls it.
        learns: Whether by predictions that it learns.
        bounded: Whether it is told what is worse than the reference point in an objective, and so of no use.
    """

    def run(truth: SearchTruth, budget: int, seed: int) -> IntArray:
        models = _predictors(truth, seed) if learns else {}
        goals = truth.scaling.bounded if bounded else truth.scaling.objectives
        study = search(truth.space, goals, models, verifier=truth.verifier, strategy=name, budget=budget, seed=seed)
        return study.records("verified").genotypes

    return run


def _by_optuna(sampler: str) -> Callable[[SearchTruth, int, int], IntArray]:
    """A sampler of Optuna over the space's variables; what it repeats costs nothing, as for everybody."""

    def run(truth: SearchTruth, budget: int, seed: int) -> IntArray:
        with needs("optuna", "optuna", __name__):
            import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        goals, space = truth.scaling.objectives, truth.space
        kind = {"optuna-tpe": optuna.samplers.TPESampler, "optuna-nsga2": optuna.samplers.NSGAIISampler}[sampler]
        study = optuna.create_study(directions=[f"{goal.goal}imize" for goal in goals], sampler=kind(seed=seed))
        asked: dict[bytes, IntArray] = {}
        # some samplers repeat themselves for ever in a small space
        for _ in range(5 * budget):
            trial = study.ask()
            genes = [trial.suggest_categorical(v.name, list(range(len(v)))) for v in space.variables]
            if not space.is_valid(genes):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                continue
            genotype = space.canonical([genes])[0]
            asked.setdefault(genotype.tobytes(), genotype)
            found = truth.verifier.evaluate(genotype[None])
            study.tell(trial, [float(found[goal.column][0]) for goal in goals])
            if len(asked) == budget:
                break
        return np.stack(list(asked.values()))

    return run


METHODS: dict[str, Callable[[SearchTruth, int, int], IntArray]] = {
    "iterative": _by_strategy("iterative", learns=True),
    "guided": _guided,
    "iterative-bounded": _by_strategy("iterative", learns=True, bounded=True),
    **{name: _by_strategy(name) for name in ("random", "evolution", "local", "nsga2", "bananas", "linas")},
    "linas-bounded": _by_strategy("linas", bounded=True),
    **{name: _by_optuna(name) for name in ("optuna-tpe", "optuna-nsga2")},
}
"""Name to what returns the genotypes that a truth is asked for, given it, the budget and the seed."""

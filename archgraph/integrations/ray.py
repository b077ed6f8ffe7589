"""Architectures on a Ray cluster: evaluations in parallel that outlive a node, and a searcher for Ray Tune.

Source:
    Moritz and others, "Ray: A distributed framework for emerging AI applications", OSDI 2018; Liaw, Liang, Nishihara,
    Moritz, Gonzalez and Stoica, "Tune: A research platform for distributed model selection and training", AutoML
    workshop 2018.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph._files import write_text
from archgraph.evaluators import Evaluation, Evaluator, Wrapping
from archgraph.evaluators.base import asked
from archgraph.integrations.extras import needs
from archgraph.registry import UnknownNameError
from archgraph.search.searcher import Searcher
from archgraph.typing import IntArray

with needs("ray[tune]", "ray", __name__):
    import ray
    from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError
    from ray.tune.search import Searcher as TuneBase


class RayEvaluator(Wrapping):
    """Another evaluator's answers, worked out on the workers of a Ray cluster.

    A task that dies with its node or its worker is started again elsewhere; what others found is kept. Architectures
    whose task dies again and again, because they take more memory than a worker has, are NaN with that reason; what the
    cluster itself fails in is an ``OSError``, of which no architecture is to blame. Connect first,
    ``ray.init(address="auto")``; otherwise Ray starts on this machine. Workers need this package installed.

    Args:
        evaluator: Answers the columns; it is sent to the workers, once for each call of ``evaluate``.
        chunk: Architectures of a task.
        retries: How often a task that died is started again.
        options: Of Ray's tasks, such as ``{"num_cpus": 4, "num_gpus": 1}``.

    Raises:
        ValueError: The evaluator takes times, which tasks side by side would falsify, or a number is not positive.
    """

    def __init__(
        self, evaluator: Evaluator, chunk: int = 1, retries: int = 5, options: Mapping[str, Any] | None = None
    ) -> None:
        if evaluator.clocks:
            raise ValueError(
                f"{evaluator.name} takes times, which tasks side by side would falsify; verify without Ray"
            )
        super().__init__(evaluator)
        self.chunk = _check.positive_int("chunk", chunk)
        self.options = dict(options or {}) | {"max_retries": retries}

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Values of ``(B, G)`` genotypes, in their order.

        Raises:
            OSError: The cluster failed.
        """
        rows = np.atleast_2d(np.asarray(genotypes))
        if not len(rows):
            return self.evaluator.evaluate(rows)
        evaluator = ray.put(self.evaluator)
        task = ray.remote(_evaluate).options(**self.options)
        parts = [rows[start : start + self.chunk] for start in range(0, len(rows), self.chunk)]
        answers = [_answer(begun) for begun in [task.remote(evaluator, part) for part in parts]]
        std = next((found.std for found in answers if isinstance(found, Evaluation)), {})
        return Evaluation.concatenate(
            [
                found if isinstance(found, Evaluation) else _lost(self.columns, list(std), len(part), found)
                for found, part in zip(answers, parts, strict=True)
            ]
        )


def join_cluster(address: str) -> int:
    """Connect to a Ray cluster, unless this process is connected to one.

    Args:
        address: ``ray://HOST:PORT``, as Ray's clients write it, or ``HOST:PORT`` from one of its machines.

    Returns:
        The processors that it has: as many tasks of one each run at a time.

    Raises:
        ValueError: The address has another form.
        OSError: There is no cluster.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"address of a Ray cluster must be ray://HOST:PORT, but is {address!r}")
    if not ray.is_initialized():
        try:
            # Ray itself would try for minutes.
            socket.create_connection((host, int(port)), timeout=10).close()
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except (OSError, OverflowError, RuntimeError) as error:
            # the first line of a long story of the server's, and the last one
            told = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or [type(error).__name__]
            reason = " ".join(dict.fromkeys([told[0], told[-1]]))
            raise OSError(f"there is no Ray cluster at {address!r}: {reason}") from error
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _evaluate(evaluator: Evaluator, genotypes: IntArray) -> Evaluation:
    return asked(evaluator, genotypes)


def _answer(begun: Any) -> Evaluation | str:
    """What a task answered, or why nobody could."""
    try:
        found: Evaluation = ray.get(begun)
        return found
    except RayTaskError:
        raise
    except (WorkerCrashedError, OutOfMemoryError) as error:
        return _told(error)
    except RayError as error:
        raise OSError(f"the Ray cluster failed: {_told(error)}") from error


def _told(error: RayError) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _lost(columns: Sequence[str], std: Sequence[str], rows: int, reason: str) -> Evaluation:
    unknown = np.full(rows, np.nan)
    reasons = dict.fromkeys(range(rows), reason)
    return Evaluation(dict.fromkeys(columns, unknown), reasons, dict.fromkeys(std, unknown))


class TuneSearcher(TuneBase):
    """Lets Ray Tune try what a searcher asks for, and tells it the results.

    A trial's configuration names every variable of the space, beside whatever ``param_space`` holds;
    ``space.from_config`` makes a genotype of the former. Trials report the objectives, and the constrained columns that
    have no exact answer, by the names of the columns. ``save`` writes JSON, and Ray does so as the experiment goes on;
    ``restore`` goes on as if nothing had happened, in a new searcher of the same arguments.

    Args:
        searcher: Any, such as a ``PredictorSearcher``.
        columns: Further columns that trials report and that the searcher is told, such as those of constraints.
    """

    def __init__(self, searcher: Searcher, columns: Sequence[str] = ()) -> None:
        goals = searcher.objectives
        alone = goals[0] if len(goals) == 1 else None
        super().__init__(metric=alone.column if alone else None, mode=alone.goal if alone else None)
        # Ray walks along attributes of the name ``searcher``, so this is none.
        self.asked = searcher
        self.columns = tuple(dict.fromkeys([*(goal.column for goal in goals), *columns]))
        self._running: dict[str, IntArray] = {}
        self._known: list[list[int]] = []

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        """Take the metric of Ray Tune's configuration, which is that of the one objective, if it is given.

        Raises:
            ValueError: It is another one.
        """
        told = {goal.column: goal.goal for goal in self.asked.objectives}
        if metric is not None and told.get(metric) != (mode or told.get(metric)):
            goals = ", ".join(map(str, self.asked.objectives))
            raise ValueError(f"metric and mode must be an objective of the searcher, {goals}, but are {metric}, {mode}")
        return True

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        """The next architecture as a configuration; Ray Tune's ``FINISHED`` where the searcher has no more."""
        found = self.asked.ask(1)
        if not len(found):
            return str(self.FINISHED)
        self._running[trial_id] = found[0]
        self._known.append(found[0].tolist())
        return self.asked.space.to_config(found[0])

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Tell the searcher what an architecture is worth, or that it failed.

        Raises:
            UnknownNameError: The trial did not report a column.
        """
        if trial_id not in self._running:
            return
        failed = error or not result
        for name in () if failed else self.columns:
            if name not in (result or {}):
                raise UnknownNameError("metric of a trial's report", name, list(result or {}))
        values = {name: np.array([np.nan if failed else float((result or {})[name])]) for name in self.columns}
        self.asked.tell(self._running.pop(trial_id), values)

    def get_state(self) -> dict[str, Any]:
        """What ``set_state`` needs, as plain JSON values."""
        running = {name: genotype.tolist() for name, genotype in self._running.items()}
        return {"searcher": self.asked.state(), "known": self._known, "running": running}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on where ``get_state`` was called."""
        self._known = [list(row) for row in state["known"]]
        self._running = {name: np.array(row, dtype=np.int64) for name, row in state["running"].items()}
        known = np.array(self._known, dtype=np.int64).reshape(-1, self.asked.space.genes)
        self.asked.restore(state["searcher"], known)

    def save(self, checkpoint_path: str | os.PathLike[str]) -> None:
        """Write the state to a file, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        write_text(checkpoint_path, json.dumps(self.get_state()))

    def restore(self, checkpoint_path: str | os.PathLike[str]) -> None:
        """Go on where ``save`` was called.

        Raises:
            OSError: The file cannot be read.
        """
        with open(checkpoint_path, encoding="utf-8") as file:
            self.set_state(json.load(file))

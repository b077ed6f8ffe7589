"""Searches whose every step takes a moment, by several processes, to be killed in any phase.

Usage: python -m tests.search.killed_search STUDY --strategy iterative --workers 2 --kills 20
kills a worker again and again at random moments, begins a new one each time, and holds what they leave against an
undisturbed search. STUDY is a file, or the URL of a database.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from archgraph.evaluators import Evaluation, Evaluator
from archgraph.graph import GraphBatch
from archgraph.graph.vocabulary import OPS
from archgraph.search import PHASES, Study, claims, predictor_searcher, search, verify
from archgraph.spaces import space

LEASE = 0.6
"""Short, so that nobody waits long for the dead."""


BUDGET = 16


class Nodes:
    """Counts operations, weighted by a seed."""

    def __init__(self, seed: int, wait: float) -> None:
        self.weights = np.random.default_rng(seed).random(1000)
        self.wait = wait

    def predict(self, graphs: GraphBatch, return_std: bool = False) -> object:
        time.sleep(self.wait)
        total = np.bincount(graphs.graph_of_node, weights=self.weights[graphs.ops], minlength=len(graphs))
        return (total, np.full(len(graphs), 0.1)) if return_std else total


class Line(BaseEstimator):
    """Learns what an operation adds, by ridge regression, and doubts all alike."""

    kind, least_rows = "line", 3

    def fit(self, graphs: GraphBatch, y: ArrayLike, target: str) -> Line:
        counts = self._counts(graphs)
        self.weights_ = np.linalg.solve(counts.T @ counts + 0.1 * np.eye(counts.shape[1]), counts.T @ np.asarray(y))
        return self

    def predict(self, graphs: GraphBatch, return_std: bool = False) -> object:
        total = self._counts(graphs) @ self.weights_
        return (total, np.full(len(graphs), 0.1)) if return_std else total

    @staticmethod
    def _counts(graphs: GraphBatch) -> NDArray[np.float64]:
        flat = graphs.graph_of_node * len(OPS) + graphs.ops
        return np.bincount(flat, minlength=len(graphs) * len(OPS)).reshape(len(graphs), len(OPS)).astype(float)


class Slow(Evaluator):
    """Sums of genes; fails for every fifth sum. Every call is a line of a file, if there is one."""

    name = "slow"
    columns = ("acc", "ms")

    def __init__(self, wait: float, calls: Path | None = None) -> None:
        self.wait, self.calls = wait, calls

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        if self.calls is not None:
            with self.calls.open("a", encoding="utf-8") as file:
                file.write(f"{np.asarray(genotypes).tolist()}\n")
        time.sleep(self.wait)
        total = np.asarray(genotypes).sum(axis=1).astype(float)
        return Evaluation({"acc": np.where(total % 5 == 0, np.nan, total), "ms": total})


def run(place: str | None, strategy: str, wait: float = 0.0, calls: Path | None = None, lease: float = LEASE) -> Study:
    """One worker's part of the search; all of it, if there are no others."""
    predictors: dict[str, Any] = {
        "guided": {"acc": Nodes(0, wait), "ms": Nodes(1, 0.0)},
        "iterative": {"acc": Line(), "ms": Line()},
    }.get(strategy, {})
    scored = {"guided": {"candidates": 400, "population": 20}, "iterative": {"candidates": 60}}.get(strategy, {})
    # Few rounds, that is, of several architectures.
    with patch.object(predictor_searcher, "GROWTH", 2):
        return search(
            space("nb201"),
            ["acc:max", "ms:min"],
            predictors,
            verifier=Slow(wait, calls),
            strategy=strategy,
            **scored,
            budget=BUDGET,
            study=place,
            lease=lease,
        )


def work(place: str, strategy: str, wait: float = 0.0, calls: Path | None = None, lease: float = LEASE) -> None:
    """``run`` in a process of its own."""
    run(place, strategy, wait, calls, lease).close()


def verify_slowly(place: str, wait: float, calls: Path, lease: float, here: bool = True) -> None:
    """Verify what was chosen, as a worker of this machine or as if of another."""
    if not here:
        claims._machine = lambda: "elsewhere"  # type: ignore[assignment]
    with Study(place) as study:
        verify(study, Slow(wait, calls), lease=lease)


def start(job: Callable[..., None], *arguments: object) -> BaseProcess:
    """A job in a process that takes no time to begin: it comes from one that has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["archgraph.search.nsga2", "archgraph.search.predictor_searcher"])
    process = context.Process(target=job, args=arguments, daemon=True)
    process.start()
    return process


def content(study: Study) -> dict[str, list[str]]:
    """Everything that was found, but for the times that it took."""
    found = {}
    for phase in PHASES:
        records = study.records(phase)
        columns = [records.values, records.std]
        parts = (records.genotypes, records.steps, records.reasons, records.evaluators)
        lists = [part.tolist() if isinstance(part, np.ndarray) else part for part in parts]
        values = [{name: column.tolist() for name, column in one.items()} for one in columns]
        found[phase] = [repr(part) for part in (*lists, *values)]
    notes = ("settings", "probe", "searcher", "predictors", "ended")
    return found | {"notes": [repr(study.note(name)) for name in notes]}


def kill_again_and_again(
    place: str, strategy: str, workers: int = 1, kills: int = 4, wait: float = 0.05, seed: int = 0
) -> int:
    """Kill a worker at random moments and begin another, until all may end; how many were killed at work."""
    rng, arguments = np.random.default_rng(seed), (work, place, strategy, wait)
    processes = [start(*arguments) for _ in range(workers)]
    killed = 0
    for kill in range(kills):
        # Who comes next takes over at once.
        time.sleep(rng.uniform(0.0, 2 * LEASE))
        victim = kill % workers
        killed += processes[victim].is_alive()
        processes[victim].kill()
        processes[victim].join()
        processes[victim] = start(*arguments)
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return killed


def is_undisturbed(place: str, strategy: str) -> bool:
    """Whether a study is what one worker finds that nobody kills."""
    with Study(place, read_only=True) as study, run(None, strategy) as whole:
        return content(study) == content(whole)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("--strategy", default="guided")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--wait", type=float, default=0.3, help="seconds of each step")
    parser.add_argument("--seed", type=int, default=0)
    asked = vars(parser.parse_args())
    place = asked.pop("study")
    at_work = kill_again_and_again(place, **asked)
    same = is_undisturbed(place, asked["strategy"])
    end = "the same as undisturbed" if same else "ANOTHER than undisturbed"
    sys.stdout.write(f"{at_work} of {asked['kills']} were killed at work; the study is {end}\n")
    sys.exit(not same)

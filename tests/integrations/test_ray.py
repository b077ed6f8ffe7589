"""Evaluations on a Ray cluster of two nodes, one of which is killed at last; Ray Tune's own loop."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.cli.crew import hired
from archgraph.cli.plan import Plan
from archgraph.evaluators import Evaluation, Evaluator
from archgraph.objectives import Objective
from archgraph.registry import UnknownNameError
from archgraph.search import ExhaustiveSearcher, NSGA2Searcher, RandomSearcher, Study, search
from tests.libraries import integration
from tests.lines import Line

ours = integration("ray")
ray = ours.ray
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, and those of what it imports
QUIET = {"include_dashboard": False}
GOALS = [Objective("acc", "max")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head and a second node of one processor each; the workers need no module of these tests."""
    from ray.cluster_utils import Cluster

    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.cloudpickle.register_pickle_by_value(sys.modules[Line.__module__])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # how long clients wait for a server of their own, which a busy machine takes its time to start
    os.environ["RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S"] = "300"
    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "ray_client_server_port": port, **QUIET})
    started.client = f"ray://127.0.0.1:{port}"
    started.second = started.add_node(num_cpus=1)
    ray.init(address=started.address, log_to_driver=False, logging_level="ERROR")
    yield started
    ray.shutdown()
    started.shutdown()


class Slow(Evaluator):
    """The sum of the genes after ``seconds``; what begins with a 2 ends the process or raises. Notes where it was."""

    name = "slow"
    columns = ("acc",)

    def __init__(self, seconds: float = 0.0, notes: Path | None = None, bad: str = "") -> None:
        self.seconds, self.notes, self.bad = seconds, notes, bad

    def evaluate(self, genotypes: Any) -> Evaluation:
        rows = np.asarray(genotypes)
        if self.notes is not None:
            node = ray.get_runtime_context().get_node_id()
            (self.notes / f"{node}-{'-'.join(map(str, rows[0]))}").touch()
        time.sleep(self.seconds)
        if self.bad and (rows[:, 0] == 2).any():
            if self.bad == "raises":
                raise ZeroDivisionError("no such architecture")
            os._exit(1)
        return Evaluation({"acc": rows.sum(axis=1)}, std={"acc": np.full(len(rows), 0.5)})


ROWS = np.array([[0, 1, 1], [1, 2, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1]])


def test_answers_come_in_their_order(cluster: Any) -> None:
    whole = Slow().evaluate(ROWS)
    for chunk in (1, 2, 100):
        found = ours.RayEvaluator(Slow(), chunk=chunk).evaluate(ROWS)
        assert found["acc"].tolist() == whole["acc"].tolist() == [2, 3, 1, 1, 3]
        assert found.std["acc"].tolist() == [0.5] * 5
    assert ours.RayEvaluator(Slow()).evaluate(ROWS[:0]).rows == 0


def test_who_kills_every_worker_is_given_up_and_the_others_are_not(cluster: Any) -> None:
    rows = np.array([[0, 1, 1], [2, 1, 0], [1, 2, 1]])
    found = ours.RayEvaluator(Slow(bad="dies"), retries=1).evaluate(rows)
    np.testing.assert_array_equal(found["acc"], [2, np.nan, 4])
    np.testing.assert_array_equal(found.std["acc"], [0.5, np.nan, 0.5])
    assert set(found.reasons) == {1}
    assert "WorkerCrashedError" in found.reasons[1]


def test_errors_of_the_evaluator_pass_through(cluster: Any) -> None:
    with pytest.raises(ZeroDivisionError, match="no such architecture"):
        ours.RayEvaluator(Slow(bad="raises")).evaluate([[2, 1, 0]])


@pytest.mark.parametrize("error", [ray.exceptions.RaySystemError("gone"), ray.exceptions.NodeDiedError("gone")])
def test_what_the_cluster_fails_in_is_no_architectures_fault(
    cluster: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    whole, answered = ray.get, []

    def get(*arguments: Any, **options: Any) -> Any:
        if len(answered) == 3:
            raise error
        answered.append(1)
        return whole(*arguments, **options)

    monkeypatch.setattr(ours.ray, "get", get)
    with pytest.raises(OSError, match=f"the Ray cluster failed: {type(error).__name__}: .*gone"):
        search(Line(), GOALS, verifier=(verifier := ours.RayEvaluator(Slow())), strategy="random", budget=9)
    monkeypatch.undo()
    assert len(answered) == 3
    assert search(Line(), GOALS, verifier=verifier, strategy="random", budget=9).count("verified") == 9


def test_times_are_not_taken_on_a_cluster() -> None:
    plan = Plan("digit-scenes", ("val_acc:max", "latency_ms:min"), verifier="supernet")
    with pytest.raises(ValueError, match="takes times, which tasks side by side would falsify; verify without Ray"):
        hired(plan, "ray://head:10001")


def test_the_command_line_verifies_on_a_cluster(cluster: Any) -> None:
    def searched(*more: str) -> Any:
        asked = ("search", "digit-scenes", "--objectives", "val_acc:max,macs:min", "--strategy", "random")
        rest = ("--verifier", "table", "--budget", "6", "--json", "-", *more)
        done = subprocess.run(
            [sys.executable, "-m", "archgraph", *asked, *rest], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["architectures"]

    found = searched("--workers", cluster.client)
    assert len(found) == 6
    assert found == searched()


def test_ray_tune_tries_what_is_asked_for(cluster: Any, tmp_path: Path) -> None:
    line = Line()

    def trained(config: dict[str, Any]) -> dict[str, float]:
        if config["act"] == "gelu" and config["scale"] == 2:
            raise MemoryError
        return {"acc": config["width"] * config["scale"] + config["bonus"]}

    asks = ours.TuneSearcher(ExhaustiveSearcher(line, GOALS))
    tuner = ray.tune.Tuner(
        trained,
        param_space={"bonus": 100},
        tune_config=ray.tune.TuneConfig(search_alg=asks, metric="acc", mode="max", num_samples=6, reuse_actors=True),
        run_config=ray.tune.RunConfig(storage_path=str(tmp_path), verbose=0),
    )
    results = tuner.fit()
    configs = [line.from_config({key: result.config[key] for key in ("width", "scale", "act")}) for result in results]
    assert sorted(np.array(configs).tolist()) == ExhaustiveSearcher(line, GOALS).ask(6).tolist()
    assert len(results.errors) == 1
    assert results.get_best_result().metrics["acc"] == 8 * 4 + 100
    # Ray kept the searcher's state, which is JSON, with the experiment.
    (kept,) = tmp_path.glob("*/searcher-state-*")
    assert len(json.loads(kept.read_text())["known"]) == 6


def test_a_killed_node_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    rows = np.stack(np.unravel_index(np.arange(18), (3, 3, 2)), axis=1)
    answers: list[Evaluation] = []
    evaluator = ours.RayEvaluator(Slow(seconds=0.5, notes=tmp_path))
    work = threading.Thread(target=lambda: answers.append(evaluator.evaluate(rows)))
    work.start()
    second = cluster.second.node_id
    while not (begun := list(tmp_path.glob(f"{second}-*"))):
        assert work.is_alive(), "the second node was never used"
        time.sleep(0.02)
    cluster.remove_node(cluster.second, allow_graceful=False)
    work.join()
    assert answers[0]["acc"].tolist() == rows.sum(axis=1).tolist()
    assert answers[0].reasons == {}
    # What the node had begun last was begun again elsewhere.
    last = max(begun, key=lambda path: path.stat().st_mtime).name.removeprefix(second)
    assert len(list(tmp_path.glob(f"*{last}"))) == 2


def test_a_search_outlives_a_node_and_ends_as_on_one_machine(cluster: Any, tmp_path: Path) -> None:
    extra = cluster.add_node(num_cpus=1)
    slots = ours.join_cluster(cluster.address)
    assert slots >= 2

    def searched(verifier: Evaluator, workers: int) -> Study:
        return search(
            Line(), GOALS, verifier=verifier, strategy="evolution", population=6, budget=14, seed=1, workers=workers
        )

    def kill() -> None:
        while not list(tmp_path.glob(f"{extra.node_id}-*")):
            time.sleep(0.02)
        cluster.remove_node(extra, allow_graceful=False)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    found = searched(ours.RayEvaluator(Slow(seconds=0.5, notes=tmp_path)), slots).records("verified")
    killer.join(timeout=60)
    assert not killer.is_alive(), "the extra node was never used"
    alone = searched(Slow(), 1).records("verified")
    assert found.genotypes.tolist() == alone.genotypes.tolist()
    assert found.values["acc"].tolist() == alone.values["acc"].tolist()
    assert found.reasons == (None,) * 14


def test_a_cluster_that_is_not_there_is_one_clear_line(cluster: Any) -> None:
    ray.shutdown()
    with pytest.raises(OSError, match=r"there is no Ray cluster at '127.0.0.1:1': "):
        ours.join_cluster("127.0.0.1:1")
    with pytest.raises(ValueError, match="must be ray://HOST:PORT, but is 'ray://nowhere'"):
        ours.join_cluster("ray://nowhere")
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")


def test_a_searcher_goes_on_from_its_file(tmp_path: Path) -> None:
    def make() -> Any:
        return ours.TuneSearcher(NSGA2Searcher(Line(), GOALS, population=4, seed=0))

    def tried(asks: Any, names: list[str]) -> list[Any]:
        configs = [asks.suggest(name) for name in names]
        for name, config in zip(names, configs, strict=True):
            asks.on_trial_complete(name, {"acc": config["width"] * config["scale"]})
        return configs

    whole, stopped, again = make(), make(), make()
    assert tried(whole, ["a", "b", "c", "d", "e"]) == tried(stopped, ["a", "b", "c", "d", "e"])
    assert whole.suggest("late") == stopped.suggest("late")
    stopped.save(tmp_path / "state.json")
    again.restore(tmp_path / "state.json")
    for asks in (whole, again):
        asks.on_trial_complete("late", None, error=True)
    assert tried(again, ["f", "g", "h"]) == tried(whole, ["f", "g", "h"])


def test_a_space_that_is_tried_whole_is_finished() -> None:
    asks = ours.TuneSearcher(RandomSearcher(Line(), GOALS))
    configs = [asks.suggest(str(number)) for number in range(17)]
    assert configs[16] == "FINISHED"
    assert "FINISHED" not in configs[:16]


def test_bad_input_is_one_clear_line() -> None:
    asks = ours.TuneSearcher(RandomSearcher(Line(), GOALS))
    asks.suggest("one")
    with pytest.raises(UnknownNameError, match="Unknown metric of a trial's report 'acc'. Known: loss"):
        asks.on_trial_complete("one", {"loss": 1.0})
    assert list(asks.get_state()["running"]) == ["one"]  # whose report may yet be mended
    with pytest.raises(ValueError, match="must be an objective of the searcher, acc:max, but are acc, min"):
        asks.set_search_properties("acc", "min", {})
    with pytest.raises(ValueError, match="chunk must be"):
        ours.RayEvaluator(Slow(), chunk=0)

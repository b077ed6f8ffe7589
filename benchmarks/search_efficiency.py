"""How many evaluations of the truth a search needs.

Question: after how many evaluations does a search hold 98, 99 and 99.5 % of the true hypervolume, or the best network?
Protocol, two objectives: NAS-Bench-201, validation accuracy on CIFAR-10 against each of five latencies of
HW-NAS-Bench; objectives are scaled from the best value to the 95th percentile of all 15,625 cells, whose front is the
true one. Searches ask for cells without dead operations, none twice. One objective: the same accuracy, until the best
cell is found, 100 seeds. OFA MobileNetV3: accuracy by an oracle, a committee of graph networks trained on all
measurements of DyNAS-T, against MACs, which archgraph's own search does not ask for, because a formula tells them; it
learns with Gaussian processes, so the oracle is none. The front is the best of a long NSGA-II on the oracle and of all
searches.
digit-scenes: the embedded supernet is the truth about accuracy, against MACs; the front is the best of all searches
and of the table. Half of that is spread over the MACs, so the reference point is far beyond random subnets; "-bounded"
are searches whose objectives are bounded by it.
Medians over seeds 0-9. "guided": from predictors that 300 random cells trained 20 are chosen and verified; what these
hold.
Methods: "linas" is LINAS as published; "optuna-..." are samplers of Optuna, which must be installed; the others are
archgraph's, "iterative" is its own.
Run time: many hours for everything on two cores, about two minutes with --quick. Each run is kept in
results/search_efficiency/runs.jsonl when it ends; a study that was broken off goes on from there.

Usage: python benchmarks/search_efficiency.py [--jobs J] [--tasks NAME,...] [--methods NAME,...] [--seeds N] [--quick]
       python benchmarks/search_efficiency.py --report [--page FILE]
Writes results/search_efficiency.json; --report redraws the tables in README.md and the figure from the runs, --page
writes the curves and their tables as a page.
Source: Dong and Yang, "NAS-Bench-201", ICLR 2020; Li et al., "HW-NAS-Bench", ICLR 2021; Cummings et al., "A
Hardware-Aware Framework for Accelerating Neural Architecture Search Across Modalities", 2022.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from archgraph.bench import Record
from archgraph.bench.kept_study import runs_file
from archgraph.bench.publish import read_records, replace_section, write_records
from archgraph.bench.remembered import Remembered
from archgraph.bench.search_methods import searched
from archgraph.bench.search_tables import TO_LEVEL, search_tables
from archgraph.bench.search_truth import SearchTruth, evaluations_to, shares
from archgraph.data import ArchTable, load
from archgraph.evaluators import Combined, Costs, Only, Predicted, Tabular
from archgraph.evaluators.embedded import embedded_evaluator
from archgraph.metrics import kendall_tau
from archgraph.objectives import Objective, hypervolume
from archgraph.predictors import GNNPredictor, load_predictor
from archgraph.report import rank_figure, write_rank_page
from archgraph.search import search
from archgraph.typing import FloatArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "search_efficiency.json"
FIGURE = RESULTS.with_suffix(".png")
LATENCIES = ("edgegpu", "fpga", "raspi4", "pixel3", "eyeriss")
AFTER = (25, 50, 100, 200, 400, 500, 1000)
"""Evaluations of the tables."""
DRAWN = (10, 20, 25, 35, 50, 75, 100, 150, 200, 300, 400, 500, 700, 1000)
"""Evaluations of the curves."""
ACCURACY = "top1_acc"
"""What the oracle tells."""


class Asked(NamedTuple):
    """A task of the study.

    Attributes:
        truth: Makes what is asked.
        methods: Method to the evaluations that it may ask for.
        seeds: Number of runs.
        levels: Shares of the hypervolume that are waited for.
    """

    truth: Callable[[], SearchTruth]
    methods: Mapping[str, int]
    seeds: int
    levels: tuple[float, ...] = (0.98, 0.99, 0.995)


# ---- truths


def cells(latency: str | None) -> SearchTruth:
    """NAS-Bench-201, accuracy alone or against a latency."""
    table = load("nb201")
    accuracy = "cifar10_val_acc"
    # every cell computes what one without dead operations does, which is trained; latencies are each cell's own
    values = dict(Tabular(table, [accuracy]).evaluate(table.genotypes))
    goals = [Objective(accuracy, "max")]
    if latency is not None:
        values[latency] = table[latency]
        goals.append(Objective(latency, "min"))
    verifier = Tabular(table, list(values))
    return SearchTruth.of(f"nb201/{', '.join(values)}", table.space, verifier, values, goals)


def subnets() -> SearchTruth:
    """OFA MobileNetV3: an oracle of its accuracy, against MACs."""
    table, kept = load("mbv3-dynast").measured(ACCURACY), runs_file(RESULTS).with_name("oracle.model")
    if not kept.exists():
        GNNPredictor().fit(table.graphs, table[ACCURACY], ACCURACY).save(kept)
    space, goals = table.space, [Objective(ACCURACY, "max"), Objective("macs", "min")]
    oracle = Combined(Predicted(space, {ACCURACY: load_predictor(kept)}), Only(Costs(space), ["macs"]))
    found = kept.with_suffix(".json")
    if not found.exists():
        front = search(space, goals, evaluators=[oracle], candidates=100_000, population=400, budget=1, seed=1000)
        values = front.records("predicted").values
        columns = {goal.column: values[goal.column].tolist() for goal in goals}
        found.write_text(json.dumps({"front": columns, "held_out": held_out(table)}))
    random = oracle.evaluate(space.sample(10_000, np.random.default_rng(0)))
    best = {column: np.array(values) for column, values in json.loads(found.read_text())["front"].items()}
    return SearchTruth.of(f"mbv3/oracle of {ACCURACY}, macs", space, oracle, random, goals, best)


def held_out(table: ArchTable) -> dict[str, float]:
    """How well such an oracle tells the fifth of the measurements that it has not seen."""
    train, test = table.split(len(table) * 4 // 5, 0)
    predicted = GNNPredictor().fit(train.graphs, train[ACCURACY], ACCURACY).predict(test.graphs)
    truth = test[ACCURACY]
    return {"tau": kendall_tau(predicted, truth), "rmse": float(np.sqrt(np.mean((predicted - truth) ** 2)))}


def scenes() -> SearchTruth:
    """The embedded supernet."""
    table, goals = load("digit-scenes"), [Objective("val_acc", "max"), Objective("macs", "min")]
    verifier = Remembered(table.space, embedded_evaluator(table.name, [goal.column for goal in goals]))
    return SearchTruth.of("digit-scenes/val_acc, macs", table.space, verifier, table.columns, goals)


# ---- tasks


PEERS = {"random": 1000, "evolution": 1000, "nsga2": 1000, "linas": 500, "optuna-tpe": 200, "optuna-nsga2": 1000}
ALONE = {"random": 1000, "evolution": 1000, "local": 1000, "bananas": 500, "optuna-tpe": 200}
"""Peer to the evaluations that it may ask for: fewer where it takes long."""
BOUNDED = ("iterative-bounded", "linas-bounded")
"""Told the reference point, where random architectures are far from it."""
ORACLE = "mbv3"
TASKS: dict[str, Asked] = {
    **{
        f"nb201-{device}": Asked(
            lambda device=device: cells(f"cifar10_{device}_latency"),
            {"iterative": 200, "guided": 20, **PEERS},
            10,
        )
        for device in LATENCIES
    },
    "nb201-best": Asked(lambda: cells(None), {"iterative": 120, **ALONE}, 100, (1.0,)),
    ORACLE: Asked(subnets, {"iterative": 500, **PEERS, "linas": 1000}, 10, (0.95, 0.98, 0.99)),
    "digit-scenes": Asked(
        scenes,
        {"iterative": 400, **dict.fromkeys(PEERS, 400), "optuna-tpe": 200, **dict.fromkeys(BOUNDED, 400)},
        10,
        (0.9, 0.95, 0.98),
    ),
}
QUICK = {"nb201-fpga": {"iterative": 40, "random": 40}}


# ---- runs


@cache
def truth_of(task: str) -> SearchTruth:
    return TASKS[task].truth()


def run(task: str, method: str, seed: int, budget: int) -> dict[str, Any]:
    """One search: what it found when, and the seconds that it took beside the truth's own."""
    truth = truth_of(task)
    asked, seconds, late_seconds = searched(method, truth, budget, seed)
    found = truth.improvements(truth.verifier.evaluate(asked))
    steps = [[number, *(round(value, 7) for value in point)] for number, *point in found]
    return {
        "task": task,
        "method": method,
        "seed": seed,
        "budget": budget,
        "asked": len(asked),
        "own_seconds": round(seconds, 4),
        "late_seconds": round(late_seconds, 4),
        "volume": truth.volume,
        "steps": steps,
    }


def missing(
    path: Path, tasks: Sequence[str], methods: Sequence[str] | None, seeds: int | None
) -> Iterator[tuple[Any, ...]]:
    """Runs of the study that are not kept yet, seed after seed."""
    done = {(kept["task"], kept["method"], kept["seed"], kept["budget"]) for kept in kept_runs(path)}
    for seed in range(max(TASKS[task].seeds for task in tasks)):
        for task in tasks:
            for method, budget in TASKS[task].methods.items():
                wanted = seed < (seeds or TASKS[task].seeds) and (methods is None or method in methods)
                if wanted and (task, method, seed, budget) not in done:
                    yield task, method, seed, budget


def kept_runs(path: Path) -> list[dict[str, Any]]:
    """Those of the study that ended; a line that was cut off is none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    runs = [json.loads(line) for line in lines if line.endswith("}")]
    return [kept for kept in runs if TASKS[kept["task"]].methods.get(kept["method"]) == kept["budget"]]


def keep_runs(path: Path, runs: Sequence[tuple[str, str, int, int]], jobs: int) -> None:
    """Make them in processes side by side, each kept as it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for task in dict.fromkeys(task for task, *_ in runs):
        # what a truth computes once and keeps is there before several need it
        truth_of(task)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool, path.open("a") as file:
        for number, future in enumerate(as_completed([pool.submit(run, *each) for each in runs]), start=1):
            found = future.result()
            file.write(json.dumps(found) + "\n")
            file.flush()
            print(
                number, len(runs), *(found[key] for key in ("task", "method", "seed", "own_seconds")), file=sys.stderr
            )


# ---- records


def records_of(runs: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
    """Evaluations to each level, shares after so many, and seconds."""
    volumes = {task: best_volume([kept for kept in runs if kept["task"] == task]) for task in TASKS}
    for kept in runs:
        volume = volumes[kept["task"]]
        keys = {"task": kept["task"], "method": kept["method"], "size": kept["budget"], "seed": kept["seed"]}
        for level in TASKS[kept["task"]].levels:
            value = evaluations_to(level, kept["steps"], volume)
            yield keys | {"metric": f"{TO_LEVEL}{100 * level:g}", "value": value, "unit": ""}
        numbers, held = shares(kept["steps"], volume)
        # a search that asked for fewer only repeated itself from there on
        for count in (drawn for drawn in DRAWN if drawn <= kept["budget"]):
            place = int(np.searchsorted(numbers, count, side="right"))
            value = round(float(held[place - 1]), 7) if place else 0.0
            yield keys | {"size": count, "metric": "share", "value": value, "unit": ""}
        for metric in ("own_seconds", "late_seconds"):
            if metric in kept:
                yield keys | {"metric": metric, "value": kept[metric], "unit": "s"}


def oracle_records(path: Path, out: Path) -> list[Record]:
    """How well the oracle held out, as found beside the runs, or as it was written before."""
    found = path.with_name("oracle.json")
    if not found.exists():
        return [record for record in (read_records(out) if out.exists() else []) if record["method"] == "oracle"]
    keys = {"task": ORACLE, "method": "oracle", "size": 0, "seed": 0}
    values = json.loads(found.read_text())["held_out"].items()
    return [keys | {"metric": metric, "value": value, "unit": ""} for metric, value in values]


def best_volume(runs: Sequence[Mapping[str, Any]]) -> float:
    """Hypervolume of the front that was known before, or of everything that was found where that is more."""
    points: FloatArray = np.array([point for kept in runs for _, *point in kept["steps"]])
    found = hypervolume(points, np.ones(points.shape[1])) if len(points) else 0.0
    return max([found, *(kept["volume"] for kept in runs)])


def report(records: Sequence[Record]) -> str:
    """Tables of all tasks, and how good the oracle is."""
    searches = [record for record in records if record["method"] != "oracle"]
    shown = [
        part
        for task in dict.fromkeys(record["task"] for record in searches)
        for part in search_tables([record for record in searches if record["task"] == task], AFTER)
    ]
    told = {record["metric"]: record["value"] for record in records if record["method"] == "oracle"}
    if told:
        shown.append(
            f"The oracle on a fifth of the measurements, unseen: tau {told['tau']:.3f}, RMSE {told['rmse']:.3f}."
        )
    return "\n\n".join(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", default=",".join(TASKS), help="some of the study's, with commas between them")
    parser.add_argument("--methods", help="some of the study's, with commas between them")
    parser.add_argument("--seeds", type=int, help="default 10, and 100 for one objective")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each on one core")
    parser.add_argument("--quick", action="store_true", help="one task, two methods, one seed; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables from the runs")
    parser.add_argument("--page", type=Path, help="write the curves to this HTML file, too")
    given = parser.parse_args()
    if given.quick:
        quick = [run(task, method, 0, budget) for task, asked in QUICK.items() for method, budget in asked.items()]
        print(report(list(records_of(quick))))
        return
    path, tasks = runs_file(given.out), given.tasks.split(",")
    for name in tasks:
        if name not in TASKS:
            raise SystemExit(f"--tasks must be some of {', '.join(TASKS)}, but has {name!r}")
    if not given.report:
        methods = given.methods.split(",") if given.methods else None
        keep_runs(path, list(missing(path, tasks, methods, given.seeds)), given.jobs)
    records = list(records_of(kept_runs(path))) if path.exists() else read_records(given.out)
    records += oracle_records(path, given.out) if path.exists() else []
    write_records(given.out, records)
    # what "guided" verifies is not all that it has seen
    curves = [record for record in records if record["metric"] == "share" and record["method"] != "guided"]
    if given.page is not None:
        write_rank_page(given.page, curves)
    if given.out == RESULTS and given.report:
        rank_figure(FIGURE, curves, "share")
        shown = f"![Shares of the true hypervolume over evaluations]({FIGURE.relative_to(HERE)})\n\n{report(records)}"
        replace_section(HERE / "README.md", "search_efficiency", shown)
    else:
        print(report(records))


if __name__ == "__main__":
    main()

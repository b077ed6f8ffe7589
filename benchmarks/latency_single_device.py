"""How well latency on one device is known after some measurements there, with no help from other devices.

Question: n architectures are measured on a device. For how many of the others is the prediction within 10 %?
Protocol: the first n rows of numpy.random.RandomState(seed).permutation(rows) train, all others test; medians over
seeds. All metrics of HW-NAS-Bench and all devices of HELP on NAS-Bench-201, those of HELP on FBNet and Once-for-All,
and the eight tables of Hardware-Aware Transformers, encoder and decoder together. "repeats": how often a measurement
itself is within 10 % of the truth, as far as pairs of cells of NAS-Bench-201 with isomorphic graphs tell, which do the
same work (see ``archgraph.metrics.within_of_repeats``). "covered": how many of the others the 90 % interval holds.
"drift": of the tables of transformers, in the order of measuring. Two random halves are each predicted by a Gaussian
process that has seen the other half; what the errors of random architectures have in common with those of the rows
beside them is the device's.
Run time: 3 hours on two cores with --jobs 2, less than 2 minutes with --quick. Each run is kept in
results/latency_single_device/runs.jsonl when it ends; a study that was broken off goes on from there.

Usage: python benchmarks/latency_single_device.py [--jobs J] [--predictors KIND,...] [--seeds N] [--quick] [--out FILE]
       python benchmarks/latency_single_device.py --report
Writes results/latency_single_device.json; --report redraws the tables in README.md from the runs.
Source: Li et al., "HW-NAS-Bench", ICLR 2021; Lee et al., "HELP", NeurIPS 2021; Wang et al., "HAT", ACL 2020.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from archgraph import metrics
from archgraph.bench import RankTask, Record, rank
from archgraph.bench.kept_study import keep_runs, kept_records
from archgraph.bench.publish import markdown_table, replace_section, write_records
from archgraph.data import ArchTable, load, table_names
from archgraph.predictors import GaussianProcessPredictor

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "latency_single_device.json"
PREDICTORS = "device,gp,xgb"
TRANSFORMER_TABLES = "hat-"
"""How their names begin."""
MEASURED = {
    "nb201": ("*_latency", "*_energy", "*_intensity", "help_*"),
    "fbnet-help": ("help_*",),
    "ofa-help": ("help_*",),
    **{name: ("latency",) for name in table_names() if name.startswith(TRANSFORMER_TABLES) and name != "hat-latency"},
}
"""Table to the columns that are predicted."""
SIZES = (50, 200, 900)
TRANSFORMERS = (50, 200, 1500)
REPEATS, DRIFT = "repeats", "drift"
"""Methods of records that tell of the measurements themselves."""
BESIDE = 5
"""Rows before and after one whose errors tell what the device did then."""
METRICS = ("within10", "mape", "spearman")
COVERED = "coverage90"
QUICK = ("fbnet-help/help_raspi4", "nb201/help_titan_rtx_256")


def tasks() -> Iterator[RankTask]:
    """Of all tables, one for each column."""
    for name, patterns in MEASURED.items():
        table = load(name)
        for column in table.matching(*patterns):
            yield RankTask(table, column, TRANSFORMERS if name.startswith(TRANSFORMER_TABLES) else SIZES)


def repeats(table: ArchTable, column: str) -> float:
    """Share of measurements within 10 % of the truth, from those of pairs of isomorphic graphs; NaN without any."""
    measured = table.measured(column)
    _, network = np.unique(measured.graphs_for(column).fingerprints(), return_inverse=True)
    times = np.bincount(network)
    if times.max() == 1:
        return float("nan")
    twins = times[network] == 2
    first, second = np.split(np.argsort(network[twins], kind="stable").reshape(-1, 2), 2, axis=1)
    y = measured[column][twins]
    return metrics.within_of_repeats(y[first.ravel()], y[second.ravel()])


def drift(table: ArchTable, column: str) -> dict[str, float]:
    """How far errors on a table follow the order of its rows, and how large they are, as they are and without that."""
    y, half = table[column], np.random.RandomState(0).permutation(len(table)) % 2
    errors = np.empty(len(table))
    for tested in (0, 1):
        seen, test = half != tested, half == tested
        model = GaussianProcessPredictor(members=3, threads=1).fit(table.graphs[seen], y[seen])
        errors[test] = np.log(y[test] / model.predict(table.graphs[test]))
    errors -= np.median(errors)
    around = sliding_window_view(np.pad(errors, BESIDE, constant_values=np.nan), 2 * BESIDE + 1).copy()
    around[:, BESIDE] = np.nan
    own = errors - np.nanmedian(around, axis=1)
    return {
        "order_pearson": metrics.pearson(errors[:-1], errors[1:]),
        "order_mape": float(np.mean(np.abs(np.exp(-errors) - 1))),
        "without_order_mape": float(np.mean(np.abs(np.exp(-own) - 1))),
    }


def report(records: Sequence[Record]) -> str:
    """For each table a row for each column, after most measurements; then the means over columns by measurements."""
    found: dict[tuple[str, str, int, str], list[float]] = {}
    for record in records:
        if record["value"] is not None and record["method"] not in (REPEATS, DRIFT):
            key = (record["task"], record["method"], record["size"], record["metric"])
            found.setdefault(key, []).append(record["value"])
    value = {key: median(values) for key, values in found.items()}
    methods = list(dict.fromkeys(method for _, method, *_ in found))
    noise = {record["task"]: record["value"] for record in records if record["metric"] == "repeats_within10"}
    splits = max(len(values) for values in found.values())
    shown = [f"Within 10 % (%) / mean relative error (%) / Spearman's correlation; splits: {splits}."]
    groups: dict[str, list[str]] = {}
    for task in dict.fromkeys(task for task, *_ in value):
        groups.setdefault(_group(task), []).append(task)
    for group, own in groups.items():
        sizes = sorted({size for task, _, size, metric in value if task in own and metric == "mape"})
        rows = [
            [
                task.replace("/latency", "") if task.startswith(TRANSFORMER_TABLES) else task.partition("/")[2],
                *(_triple(value, [task], method, sizes[-1]) for method in methods),
                f"{100 * noise[task]:.1f}" if task in noise else "",
            ]
            for task in own
        ]
        shown.append(markdown_table([f"{group}, {sizes[-1]:,} rows", *methods, REPEATS], rows))
        means = [[method, *(_triple(value, own, method, size) for size in sizes)] for method in methods]
        header = [f"{size:,} rows" for size in sizes]
        shown.append(markdown_table([f"{group}, mean", *header], means))
        covered = [
            [method, *(_range([value.get((task, method, size, COVERED)) for task in own]) for size in sizes)]
            for method in methods
        ]
        shown.append(markdown_table([f"{group}, covered (%)", *header], covered))
    value_of = {(record["task"], record["metric"]): record["value"] for record in records if record["method"] == DRIFT}
    if value_of:
        rows = [
            [
                task.partition("/")[0],
                f"{value_of[task, 'order_pearson']:.2f}",
                *(f"{100 * value_of[task, metric]:.1f}" for metric in ("order_mape", "without_order_mape")),
            ]
            for task in dict.fromkeys(task for task, _ in value_of)
        ]
        header = ["drift", "correlation with the next row", "mean relative error (%)", "without the rows beside (%)"]
        shown.append(markdown_table(header, rows))
    return "\n\n".join(shown)


def _group(task: str) -> str:
    """What is shown in one table."""
    return "transformers" if task.startswith(TRANSFORMER_TABLES) else task.partition("/")[0]


def _triple(value: Mapping[tuple[str, str, int, str], float], tasks: Sequence[str], method: str, size: int) -> str:
    """Means over the tasks; empty if one was not run."""
    scores = [[value.get((task, method, size, metric)) for task in tasks] for metric in METRICS]
    if any(None in row for row in scores):
        return ""
    within, error, spearman = (fmean(score for score in row if score is not None) for row in scores)
    return f"{100 * within:.1f} / {100 * error:.1f} / {spearman:.3f}"


def _range(shares: Sequence[float | None]) -> str:
    """Mean and range of several shares; empty if one was not run."""
    known = [100 * share for share in shares if share is not None]
    return f"{fmean(known):.1f} ({min(known):.1f} to {max(known):.1f})" if len(known) == len(shares) else ""


def noise_records() -> Iterator[Record]:
    """What repeats tell of every column of NAS-Bench-201, and the order of rows of the transformers."""
    table = load("nb201")
    for column in table.matching(*MEASURED["nb201"]):
        keys = {"task": f"nb201/{column}", "method": REPEATS, "size": 1, "seed": 0, "unit": ""}
        yield keys | {"metric": "repeats_within10", "value": repeats(table, column)}
    for name, columns in MEASURED.items():
        if name.startswith(TRANSFORMER_TABLES):
            for metric, value in drift(load(name), columns[0]).items():
                keys = {"task": f"{name}/{columns[0]}", "method": DRIFT, "size": 1000, "seed": 0, "unit": ""}
                yield keys | {"metric": metric, "value": value}


def show(what: str, done: int, total: int) -> None:
    print(f"{done}/{total} {what}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--predictors", default=PREDICTORS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each on one core")
    parser.add_argument("--quick", action="store_true", help="two columns, one size, one seed; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables from the runs")
    given = parser.parse_args()
    kinds = given.predictors.split(",")
    if given.quick:
        few = [RankTask(each.table, each.target, SIZES[:2]) for each in tasks() if each.name in QUICK]
        print(report(rank(few, kinds, 1, (*METRICS, COVERED), given.jobs, progress=show)))
        return
    if not given.report:
        keep_runs(given.out, list(tasks()), kinds, given.seeds, given.jobs, progress=show)
    records = [*kept_records(given.out), *noise_records()]
    if given.out == RESULTS and given.report:
        write_records(given.out, records)
        replace_section(HERE / "README.md", "latency_single_device", report(records))
    else:
        print(report(records))


if __name__ == "__main__":
    main()

"""How well latency on a new device is known after a few measurements.

Question: n architectures are measured on a device. How well are all others ordered, if other devices are known?
Protocol: that of HELP. The known devices may use 900 architectures each; the first n rows of
numpy.random.RandomState(seed).permutation(rows) are measured on the new device, all others test;
means over seeds 0-9. "published": the sources and targets of HELP; "random": eleven times 13 devices drawn at random
from all are known, and all others are new, ten measurements each. "device" is archgraph's, "device, chosen" the same
where archgraph chooses what to measure, "gp" knows no other device. "itself" is a Gaussian process that has seen 3,000
rows of the new device, seeds 0-2: what graphs tell of it at all, its noise left out. "components" is the baseline: four
principal components of the logarithms of what was measured on the known devices, on all architectures, in ridge
regression.
Run time: 45 minutes on two cores, less than a minute with --quick.

Usage: python benchmarks/latency_few_shot.py [--quick] [--tables NAME,...] [--seeds N] [--out FILE]
       python benchmarks/latency_few_shot.py --report
Writes results/latency_few_shot.json; --report redraws the tables in README.md from it.
Source: Lee et al., "HELP: Hardware-Adaptive Efficient Latency Prediction for NAS via Meta-Learning", NeurIPS 2021,
https://arxiv.org/abs/2106.08630.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from archgraph import metrics
from archgraph.bench import Record, peer_records
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import ArchTable, load
from archgraph.features.telling import telling_rows
from archgraph.graph import GraphBatch
from archgraph.predictors import DevicePredictor, GaussianProcessPredictor, KnownDevices
from archgraph.predictors.base import Graphs
from archgraph.typing import FloatArray, IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "latency_few_shot.json"
SIZES = (3, 5, 10, 20, 50)
METRICS = {
    "spearman": "Spearman's correlation",
    "within10": "within 10 %",
    "mape": "mean relative error",
    "coverage90": "in the 90 % interval",
}
"""What is shown, to how it is called."""
MEAN = "mean of the published targets"
RANDOM_SPLITS = 11
SOURCES = 13
CANDIDATES = 2000
ITSELF, MANY = "itself, after 3,000", 3000
SOURCE_NAMES = (
    "1080ti_1 1080ti_32 1080ti_{most} silver_4114 silver_4210r samsung_a50 pixel3 essential_ph_1 samsung_s7"
    " titanx_1 titanx_32 titanx_{most} gold_6240"
)
TARGETS = {
    "nb201": "titan_rtx_256 gold_6226 fpga pixel2 raspi4 eyeriss",
    "fbnet-help": "fpga raspi4 eyeriss",
}
"""Table to the new devices of the publication."""
MOST = {"nb201": 256, "fbnet-help": 64}
"""Table to the largest batch of its GPUs."""


class Remembered(KnownDevices):
    """Known devices that have predicted all architectures of a table once."""

    whole: GraphBatch
    predicted: FloatArray

    def predict(self, graphs: Graphs) -> FloatArray:
        return self.predicted if graphs is self.whole else super().predict(graphs)


class Split:
    """Known and new devices of a table.

    Args:
        table: The benchmark.
        graphs: Of all its rows.
        sources: Columns of known devices.
        targets: Columns of new ones.
    """

    def __init__(self, table: ArchTable, graphs: GraphBatch, sources: Sequence[str], targets: Sequence[str]) -> None:
        self.table = table
        self.graphs = graphs
        self.sources = list(sources)
        self.targets = list(targets)

    @cached_property
    def known(self) -> Remembered:
        """What 900 rows of the known devices teach."""
        known = Remembered.learn(self.graphs, {name: self.table[name] for name in self.sources})
        known.predicted = KnownDevices.predict(known, self.graphs)
        known.whole = self.graphs
        return known

    @cached_property
    def components(self) -> FloatArray:
        """``(R, 4)`` of what was measured on the known devices."""
        logarithms = np.log(np.column_stack([self.table[name] for name in self.sources]))
        found: FloatArray = PCA(4).fit_transform(StandardScaler().fit_transform(logarithms))
        return found

    def chosen(self, n: int, seed: int) -> IntArray:
        """``(n,)`` rows that archgraph would measure, out of 2,000."""
        rows = np.random.RandomState(seed).permutation(len(self.table))[:CANDIDATES]
        work = self.known.work
        vectors = np.column_stack([np.log(self.known.predicted[rows]), work(self.graphs[rows])[:, work.counts]])
        return rows[telling_rows(vectors, n)]


class Predicted(NamedTuple):
    """What is expected of all R architectures of a table.

    Attributes:
        mean: ``(R,)``.
        std: ``(R,)`` deviations; None from a method that knows none.
    """

    mean: FloatArray
    std: FloatArray | None = None


def by_device(split: Split, rows: IntArray, y: FloatArray, seed: int) -> Predicted:
    model = DevicePredictor(split.known, seed=seed).fit(split.graphs[rows], y)
    return Predicted(*model.predict(split.graphs, return_std=True))


def by_gp(split: Split, rows: IntArray, y: FloatArray, seed: int) -> Predicted:
    model = GaussianProcessPredictor(seed=seed).fit(split.graphs[rows], y)
    return Predicted(*model.predict(split.graphs, return_std=True))


def by_itself(split: Split, rows: IntArray, y: FloatArray, seed: int) -> Predicted:
    own = KnownDevices.learn(split.graphs[rows], {"own": y}, rows=len(rows), seed=seed)
    return Predicted(own.predict(split.graphs)[:, 0])


def by_components(split: Split, rows: IntArray, y: FloatArray, seed: int) -> Predicted:
    model = Ridge(1.0).fit(split.components[rows], np.log(y))
    return Predicted(np.exp(model.predict(split.components)))


METHODS: dict[str, Callable[[Split, IntArray, FloatArray, int], Predicted]] = {
    "device": by_device,
    "device, chosen": by_device,
    "gp": by_gp,
    "components": by_components,
}


def scores(split: Split, target: str, method: str, n: int, seed: int) -> dict[str, float]:
    """Metric to value over the rows that were not measured."""
    order = np.random.RandomState(seed).permutation(len(split.table))
    rows = split.chosen(n, seed) if method.endswith("chosen") else order[:n]
    truth = split.table[target]
    start = perf_counter()
    mean, std = (by_itself if method == ITSELF else METHODS[method])(split, rows, truth[rows], seed)
    seconds = perf_counter() - start
    test = np.setdiff1d(order, rows)
    found = {
        "spearman": metrics.spearman(mean[test], truth[test]),
        "mape": metrics.mape(mean[test], truth[test]),
        "within10": metrics.within(mean[test], truth[test], 0.1),
        "seconds": seconds,
    }
    if std is not None:
        found["coverage90"] = metrics.interval_coverage(mean[test], std[test], truth[test])
    return found


def published(name: str) -> Split:
    """The sources and targets of the publication."""
    table = load(name)
    sources = [f"help_{device}" for device in SOURCE_NAMES.format(most=MOST[name]).split()]
    targets = [f"help_{device}" for device in TARGETS[name].split()]
    return Split(table, table.graphs_for(targets[0]), sources, targets)


def drawn(whole: Split, number: int) -> Split:
    """Sources and targets drawn from all devices of a table."""
    devices = whole.table.matching("help_*")
    order = np.random.RandomState(number).permutation(len(devices))
    names = [devices[place] for place in order]
    return Split(whole.table, whole.graphs, names[:SOURCES], names[SOURCES:])


def study(names: Sequence[str], sizes: Sequence[int], seeds: int, splits: int) -> Iterator[Record]:
    """Records for the published split of each table, then means over the targets of random ones."""
    for name in names:
        whole = published(name)
        for method in (*METHODS, ITSELF):
            for n in sizes if method != ITSELF else (MANY,):
                if method == "gp" and n < GaussianProcessPredictor.least_rows:
                    continue
                for seed in range(seeds if method != ITSELF else min(seeds, 3)):
                    found = {target: scores(whole, target, method, n, seed) for target in whole.targets}
                    for target, values in found.items():
                        yield from _records(f"{name}/{target}", method, n, seed, values)
                    yield from _records(f"{name}/{MEAN}", method, n, seed, _mean(list(found.values())))
        for number in range(splits):
            split = drawn(whole, number)
            for method in METHODS:
                for seed in range(min(seeds, 3)):
                    values = _mean([scores(split, target, method, 10, seed) for target in split.targets])
                    yield from _records(f"{name}/random {number}", method, 10, seed, values)


def _mean(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {metric: float(np.mean([values[metric] for values in found])) for metric in found[0]}


def _records(task: str, method: str, n: int, seed: int, values: Mapping[str, float]) -> Iterator[Record]:
    for metric, value in values.items():
        yield {
            "task": task,
            "method": method,
            "size": n,
            "seed": seed,
            "metric": metric,
            "value": float(value),
            "unit": "s" if metric == "seconds" else "",
        }


def report(records: Sequence[Record]) -> str:
    """For each table the published targets after 10 measurements, the mean by measurements, and random splits."""
    shown = []
    both = [*records, *peer_records(records)]
    for name in dict.fromkeys(record["task"].partition("/")[0] for record in records):
        targets = list(dict.fromkeys(r["task"] for r in records if r["task"].startswith(f"{name}/help_")))
        columns = [*targets, f"{name}/{MEAN}"]
        methods = list(dict.fromkeys(r["method"] for r in both if r["task"] in columns))
        after = [
            [method, *(_cell(both, task, method, MANY if method == ITSELF else 10) for task in columns)]
            for method in methods
        ]
        header = ["after 10", *(task.rpartition("help_")[2] for task in targets), "mean"]
        shown += [f"{name}: Spearman's correlation, means over seeds", markdown_table(header, after)]
        sizes = sorted({record["size"] for record in records} - {MANY})
        for metric, what in METRICS.items():
            rows = [[m, *(_cell(records, f"{name}/{MEAN}", m, n, metric) for n in sizes)] for m in METHODS]
            told = [row for row in rows if any(row[1:])]
            shown.append(markdown_table([f"{what}, mean over targets", *(f"after {n}" for n in sizes)], told))
        splits = list(dict.fromkeys(r["task"] for r in records if r["task"].startswith(f"{name}/random")))
        if splits:
            rows = [[m, *(_cell(records, task, m, 10) for task in splits), _over(records, splits, m)] for m in METHODS]
            header = ["random splits, after 10", *(task.rpartition(" ")[2] for task in splits), "mean"]
            shown.append(markdown_table(header, rows))
            rows = [[m, *(_over(records, splits, m, metric) for metric in METRICS)] for m in METHODS]
            shown.append(markdown_table(["random splits, after 10, mean", *METRICS.values()], rows))
    cited = dict.fromkeys(f"- {r['method']} ({r['source']}): {r['citation']}." for r in both if "source" in r)
    return "\n\n".join([*shown, "\n".join(cited)])


def _cell(records: Sequence[Record], task: str, method: str, n: int, metric: str = "spearman") -> str:
    found = [
        record["value"]
        for record in records
        if (record["task"], record["method"], record["size"], record["metric"]) == (task, method, n, metric)
    ]
    return f"{np.mean(found):.3f}" if found else ""


def _over(records: Sequence[Record], tasks: Sequence[str], method: str, metric: str = "spearman") -> str:
    """Mean over several tasks after 10 measurements; empty if there is none."""
    found = [cell for task in tasks if (cell := _cell(records, task, method, 10, metric))]
    return f"{np.mean([float(cell) for cell in found]):.3f}" if found else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one table, one size, one seed; nothing is kept")
    parser.add_argument("--tables", default=",".join(TARGETS), help="those to make anew; others stay as they are")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables in README.md")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "latency_few_shot", report(read_records(given.out)))
        return
    if given.quick:
        print(report(list(study(["fbnet-help"], (10,), 1, 0))))
        return
    names = given.tables.split(",")
    for name in names:
        if name not in TARGETS:
            raise SystemExit(f"--tables must be some of {', '.join(TARGETS)}, but has {name!r}")
    records = read_records(given.out) if given.out.exists() else []
    for name in names:
        made: list[Record] = []
        for record in study([name], SIZES, given.seeds, RANDOM_SPLITS):
            made.append(record)
            if record["metric"] == "spearman" and "/help_" not in record["task"]:
                print(*(record[key] for key in ("task", "method", "size", "seed", "value")), flush=True)
        records = [record for record in records if _table_of(record) != name] + made
        records.sort(key=lambda each: list(TARGETS).index(_table_of(each)))
        write_records(given.out, records)
    print(report(records))


def _table_of(record: Record) -> str:
    return str(record["task"].partition("/")[0])


if __name__ == "__main__":
    main()

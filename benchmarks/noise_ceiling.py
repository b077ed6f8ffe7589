"""How far from a perfect order the noise of the labels keeps any predictor.

Question: which Kendall's tau can be reached at all on the tables of accuracy_rank.py, and with how many more rows?
Protocol: the noise of a label is what it differs by between measurements of the same network. In NAS-Bench-201 those
are cells with isomorphic graphs, trained from other first weights; subnets of MobileNetV3 were measured by several
searches. Its deviation is taken in ten groups of equal size, from the least to the most accurate networks. What a
Gaussian process predicts from the first n rows of numpy.random.RandomState(seed).permutation(rows) stands in for the
truth: "ceiling" is the tau between these predictions for all other rows and the same with noise added, "gp" the tau
between them and the labels.
Run time: 20 minutes on two cores, less than a minute with --quick.

Usage: python benchmarks/noise_ceiling.py [--quick] [--seeds N] [--out FILE]
       python benchmarks/noise_ceiling.py --report
Writes results/noise_ceiling.json; --report redraws the table in README.md from it.
Source: Dong and Yang, "NAS-Bench-201", ICLR 2020; Cummings et al., "A Hardware-Aware Framework for Accelerating Neural
Architecture Search Across Modalities", 2022.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from archgraph import metrics
from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import fetch, load
from archgraph.data.catalogue import pinned_files, table_card
from archgraph.data.duplicates import first_of
from archgraph.data.readers.architectures import parsed
from archgraph.data.readers.csv_file import CsvFile
from archgraph.predictors import GaussianProcessPredictor
from archgraph.spaces import space
from archgraph.typing import FloatArray, IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "noise_ceiling.json"
GROUPS = 10


class Repeats(NamedTuple):
    """Measurements some of which are of the same network.

    Attributes:
        values: ``(R,)``.
        network: ``(R,)`` number of the network.
    """

    values: FloatArray
    network: IntArray


def isomorphic(name: str) -> Repeats:
    """Cells of a table, those that are the same network under one number."""
    table = load(name)
    _, network = np.unique(first_of(table, "fingerprint"), return_inverse=True)
    return Repeats(table["val_acc"], network)


def traced(name: str) -> Repeats:
    """Subnets as often as the searches measured them."""
    card = table_card(name)
    found = space(card["table"]["space"])
    traces = [CsvFile.read(fetch(file)) for file in pinned_files(name)]
    every = found.canonical(np.concatenate([parsed(trace.text("Sub-network"), found, trace.at) for trace in traces]))
    _, network = np.unique(every, axis=0, return_inverse=True)
    return Repeats(np.concatenate([trace.numbers("Top-1 Acc (%)") for trace in traces]), network.reshape(-1))


class Task(NamedTuple):
    """A table of the study.

    Attributes:
        name: Table and target.
        repeats: Name of a table to its measurements.
        sizes: Training rows.
    """

    name: str
    repeats: Callable[[str], Repeats]
    sizes: tuple[int, ...]


TASKS = (
    Task("nb201-cifar10/val_acc", isomorphic, (1024, 2048, 4096)),
    Task("nb201-imagenet16/val_acc", isomorphic, (1024, 2048, 4096)),
    Task("mbv3-dynast/top1_acc", traced, (512, 1000, 2000)),
)
QUICK = (Task("mbv3-dynast/top1_acc", traced, (64,)),)


class Noise(NamedTuple):
    """Deviation of a label, in groups of networks from the least to the most accurate.

    Attributes:
        level: ``(K,)`` mean accuracies of the groups, ascending.
        deviation: ``(K,)``.
    """

    level: FloatArray
    deviation: FloatArray

    @classmethod
    def of(cls, repeats: Repeats) -> Noise:
        """That of networks measured at least twice."""
        times = np.bincount(repeats.network)
        mean = np.bincount(repeats.network, weights=repeats.values) / np.maximum(times, 1)
        square = np.bincount(repeats.network, weights=(repeats.values - mean[repeats.network]) ** 2)
        several = np.flatnonzero(times > 1)
        groups = np.array_split(several[np.argsort(mean[several])], GROUPS)
        return cls(
            np.array([mean[group].mean() for group in groups]),
            np.array([np.sqrt(square[group].sum() / (times[group] - 1).sum()) for group in groups]),
        )

    def added(self, values: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Values as they might be measured."""
        return values + rng.normal(size=len(values)) * np.interp(values, self.level, self.deviation)


def study(tasks: Sequence[Task], seeds: int) -> Iterator[Record]:
    """Records for every task, seed and number of rows."""
    for task in tasks:
        name, _, target = task.name.partition("/")
        table, noise = load(name), Noise.of(task.repeats(name))
        for seed in range(seeds):
            order = np.random.RandomState(seed).permutation(len(table))
            for size in task.sizes:
                train, test = order[:size], order[size:]
                model = GaussianProcessPredictor(seed=seed).fit(table.graphs[train], table[target][train])
                found = model.predict(table.graphs[test])
                noisy = noise.added(found, np.random.default_rng(seed))
                values = {
                    "ceiling": metrics.kendall_tau(found, noisy),
                    "tau": metrics.kendall_tau(found, table[target][test]),
                    "least_noise": noise.deviation.min(),
                    "most_noise": noise.deviation.max(),
                }
                for metric, value in values.items():
                    print(f"{task.name} seed {seed}, {size} rows: {metric} {value:.4f}", flush=True)
                    yield {
                        "task": task.name,
                        "method": "gp",
                        "size": size,
                        "seed": seed,
                        "metric": metric,
                        "value": float(value),
                        "unit": "%" if metric.endswith("noise") else "",
                    }


def report(records: Sequence[Record]) -> str:
    """A row for each table and number of rows, medians over seeds."""
    rows = []
    for task, size in dict.fromkeys((record["task"], record["size"]) for record in records):
        median = {
            metric: float(np.median([r["value"] for r in records if (r["task"], r["size"], r["metric"]) == key]))
            for metric in ("ceiling", "tau", "least_noise", "most_noise")
            for key in [(task, size, metric)]
        }
        noise = f"{median['least_noise']:.2f} to {median['most_noise']:.2f}"
        rows.append([task, noise, f"{size:,}", f"{median['tau']:.3f}", f"{median['ceiling']:.3f}"])
    return markdown_table(["table", "noise of a label (%)", "rows", "gp", "ceiling"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one table, few rows, one seed; nothing is kept")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table in README.md")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "noise_ceiling", report(read_records(given.out)))
        return
    records = list(study(QUICK, 1) if given.quick else study(TASKS, given.seeds))
    if not given.quick:
        write_records(given.out, records)
    print(report(records))


if __name__ == "__main__":
    main()

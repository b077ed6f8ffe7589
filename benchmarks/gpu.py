"""Do graph networks predict on a GPU what they predict on the CPU, and how much faster?

Question: how far apart are the predictions of one network on both, and what do fitting and predicting take?
Protocol: NAS-Bench-201, accuracy on CIFAR-10; 1,024 rows of numpy.random.RandomState(seed).permutation train, all the
others are predicted. The network that was trained on the CPU predicts on both: the largest difference is in deviations
of the training targets. The same is trained on both, on the CPU once; other seconds are the least of three passes.
Predicting counts everything from genotypes on.
Run time: 3 minutes on 2 cores and a GPU of torch.cuda, 1 with --quick. Without a GPU it ends with one line.

Usage: python benchmarks/gpu.py [--quick] [--seeds N] [--out FILE]
       python benchmarks/gpu.py --report
Writes results/gpu.json; --report redraws the table in README.md from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch

from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import ArchTable, load
from archgraph.predictors import GNNPredictor
from archgraph.typing import FloatArray, IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "gpu.json"
TABLE, COLUMN = "nb201-cifar10", "val_acc"
PASSES = 3
UNITS = {"difference": "", "fit_seconds": "s", "archs_per_second": "1/s"}


def study(rows: int, seeds: int) -> Iterator[Record]:
    """Records of every seed, on both."""
    table = load(TABLE)
    for seed in range(seeds):
        order = np.random.RandomState(seed).permutation(len(table))
        graphs, y, others = table.graphs[order[:rows]], table[COLUMN][order[:rows]], table.genotypes[order[rows:]]

        def record(method: str, metric: str, value: float, seed: int = seed) -> Record:
            keys = {"task": f"{TABLE}/{COLUMN}", "method": method, "size": rows, "seed": seed}
            return keys | {"metric": metric, "value": value, "unit": UNITS[metric]}

        for device in ("cpu", "cuda"):
            fresh = GNNPredictor(seed=seed, device=device)
            yield record(device, "fit_seconds", _least(partial(fresh.fit, graphs, y), 1 if device == "cpu" else PASSES))
        trained, predicted = GNNPredictor(seed=seed).fit(graphs, y), {}
        for device in ("cpu", "cuda"):
            model = deepcopy(trained)
            model.network_.to(device)
            yield record(
                device, "archs_per_second", len(others) / _least(partial(_predict, model, table, others), PASSES)
            )
            predicted[device] = _predict(model, table, others)
        yield record("cuda", "difference", float(np.abs(predicted["cuda"] - predicted["cpu"]).max() / y.std()))


def _predict(model: GNNPredictor, table: ArchTable, genotypes: IntArray) -> FloatArray:
    return model.predict(table.space.graphs(genotypes))


def _least(work: Callable[[], object], passes: int) -> float:
    """Seconds of the fastest pass."""
    seconds = []
    for _ in range(passes):
        torch.cuda.synchronize()
        start = perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(perf_counter() - start)
    return min(seconds)


def report(records: list[Record]) -> str:
    """A Markdown table: fitting, predicting and the difference, medians over seeds."""
    rows = []
    for method in ("cpu", "cuda"):
        values = {
            metric: [record["value"] for record in records if (record["method"], record["metric"]) == (method, metric)]
            for metric in UNITS
        }
        fit, speed = median(values["fit_seconds"]), median(values["archs_per_second"])
        apart = f"{max(values['difference']):.1e}" if values["difference"] else ""
        rows.append([method, f"{fit:.2f}", f"{speed:,.0f}", apart])
    return markdown_table(["device", "fit: s", "archs/s", "largest difference: deviations"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="128 rows, one seed")
    parser.add_argument("--seeds", type=int, help="default 3, with --quick 1")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the records")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "gpu", report(read_records(given.out)))
        return
    if not torch.cuda.is_available():
        print("torch sees no GPU, so there is nothing to compare")
        return
    records = list(study(128 if given.quick else 1024, given.seeds or (1 if given.quick else 3)))
    if not given.quick or given.out != RESULTS:
        write_records(given.out, records)
    print(report(records))


if __name__ == "__main__":
    main()

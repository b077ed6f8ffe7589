"""How many architectures a second become graphs, features and predictions.

Question: how fast are genotypes of each search space turned into graphs, into feature vectors, and into predictions?
Protocol: random genotypes of every registered space, in batches of growing size; the best of five passes, after one
that is not counted. Predictors are trained on 128 random architectures and random numbers, since only their speed is
asked for. The number of cores is that of the machine; set OMP_NUM_THREADS=1 and pin the process for one core.
Run time: 15 minutes on 2 cores, 3 minutes with --quick.

Usage: python benchmarks/feature_speed.py [--quick] [--seeds N] [--spaces NAME,...] [--out FILE]
       python benchmarks/feature_speed.py --report
Writes results/feature_speed.json, where spaces that were not asked for stay as they were; --report redraws the table in
README.md from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, medians, read_records, replace_section, write_records
from archgraph.features import GraphFeatures
from archgraph.predictors import GNNPredictor, XGBoostPredictor
from archgraph.spaces import REGISTRY, SearchSpace, space
from archgraph.typing import IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "feature_speed.json"
SIZES = {"graphs": (1_000, 10_000, 100_000), "features": (100_000,), "xgb": (10_000,), "gnn": (10_000,)}
"""Stage to the numbers of genotypes that it is given at once."""
QUICK_SIZES = dict.fromkeys(SIZES, (10_000,))
TRAINING_ROWS = 128
PASSES = 5


def stages(found: SearchSpace, rng: np.random.Generator) -> dict[str, Callable[[IntArray], object]]:
    """Name to what is timed, a function of genotypes."""
    graphs = found.graphs(found.sample(TRAINING_ROWS, rng))
    y = rng.normal(size=TRAINING_ROWS)
    features = GraphFeatures().fit(graphs)
    xgb, gnn = XGBoostPredictor().fit(graphs, y), GNNPredictor(epochs=2).fit(graphs, y)
    return {
        "graphs": found.graphs,
        "features": lambda rows: features.transform(found.graphs(rows)),
        "xgb": lambda rows: xgb.predict(found.graphs(rows)),
        "gnn": lambda rows: gnn.predict(found.graphs(rows)),
    }


def study(names: Sequence[str], sizes: Mapping[str, tuple[int, ...]], seeds: int) -> Iterator[Record]:
    """Records for every space, seed, stage and batch size."""
    for name in names:
        found = space(name)
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            for method, stage in stages(found, rng).items():
                for size in sizes[method]:
                    yield {
                        "task": f"{name}/speed",
                        "method": method,
                        "size": size,
                        "seed": seed,
                        "metric": "archs_per_second",
                        "value": size / _best(stage, found.sample(size, rng)),
                        "unit": "1/s",
                    }


def _best(stage: Callable[[IntArray], object], genotypes: IntArray) -> float:
    """Seconds of the fastest pass."""
    stage(genotypes[:100])
    seconds = []
    for _ in range(PASSES):
        start = perf_counter()
        stage(genotypes)
        seconds.append(perf_counter() - start)
    return min(seconds)


def report(records: list[Record]) -> str:
    """A Markdown table: architectures a second by space, for each stage and batch size."""
    columns = sorted({(list(SIZES).index(record["method"]), record["method"], record["size"]) for record in records})
    rows = []
    for task in dict.fromkeys(record["task"] for record in records):
        speeds = medians(records, task, "archs_per_second")
        cells = [speeds.get((method, size)) for _, method, size in columns]
        rows.append([task.split("/")[0], *("" if speed is None else f"{speed:,.0f}" for speed in cells)])
    return markdown_table(["space", *(f"to {method}, {size:,} at once" for _, method, size in columns)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one batch size")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--spaces", default=",".join(REGISTRY), help="separated by commas; default all registered")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the records")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "feature_speed", report(read_records(given.out)))
        return
    names = given.spaces.split(",")
    records = list(study(names, QUICK_SIZES if given.quick else SIZES, given.seeds))
    print(report(records))
    if not given.quick:
        made = {record["task"] for record in records}
        kept = read_records(given.out) if given.out.exists() else []
        records += [record for record in kept if record["task"] not in made]
        write_records(given.out, sorted(records, key=lambda record: record["task"]))


if __name__ == "__main__":
    main()

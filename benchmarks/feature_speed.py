"""How many architectures a second become graphs, features and predictions.

Question: how fast are genotypes turned into graphs, into feature vectors, and into predictions?
Protocol: random NAS-Bench-201 and MobileNetV3 genotypes, in batches of growing size; the best of five passes, after one
that is not counted. Predictors are trained on 128 random architectures and their number of parameters, since only their
speed is asked for. The number of cores is that of the machine; set OMP_NUM_THREADS=1 and pin the process for one core.
Run time: 3 minutes on 2 cores, half a minute with --quick.

Usage: python benchmarks/feature_speed.py [--quick] [--seeds N] [--out FILE]
       python benchmarks/feature_speed.py --report
Writes results/feature_speed.json; --report redraws the table in README.md from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, medians, read_records, replace_section, write_records
from archgraph.features import GraphFeatures
from archgraph.predictors import GNNPredictor, XGBoostPredictor
from archgraph.spaces import SearchSpace, space
from archgraph.typing import IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "feature_speed.json"
SPACES = ("nb201", "mbv3")
SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (10_000,)
TRAINING_ROWS = 128
PASSES = 5


def stages(found: SearchSpace, rng: np.random.Generator) -> dict[str, Callable[[IntArray], object]]:
    """Name to what is timed, a function of genotypes."""
    genotypes = found.sample(TRAINING_ROWS, rng)
    graphs = found.graphs(genotypes)
    y = found.costs(genotypes)["params"]
    features = GraphFeatures().fit(graphs)
    xgb, gnn = XGBoostPredictor().fit(graphs, y), GNNPredictor(epochs=2).fit(graphs, y)
    return {
        "graphs": found.graphs,
        "features": lambda rows: features.transform(found.graphs(rows)),
        "xgb": lambda rows: xgb.predict(found.graphs(rows)),
        "gnn": lambda rows: gnn.predict(found.graphs(rows)),
    }


def study(sizes: tuple[int, ...], seeds: int) -> Iterator[Record]:
    """Records for every space, seed, batch size and stage."""
    for name in SPACES:
        found = space(name)
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            timed = stages(found, rng)
            for size in sizes:
                genotypes = found.sample(size, rng)
                for method, stage in timed.items():
                    yield {
                        "task": f"{name}/speed",
                        "method": method,
                        "size": size,
                        "seed": seed,
                        "metric": "archs_per_second",
                        "value": size / _best(stage, genotypes),
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
    """A Markdown table: architectures a second by stage and batch size."""
    sizes = sorted({record["size"] for record in records})
    rows = []
    for task in dict.fromkeys(record["task"] for record in records):
        speeds = medians(records, task, "archs_per_second")
        name = task.split("/")[0]
        rows += [
            [f"{name}: to {method}", *(f"{speeds[method, size]:,.0f}" for size in sizes)]
            for method in dict.fromkeys(method for method, _ in speeds)
        ]
    return markdown_table(["genotypes", *(f"{size:,} at once" for size in sizes)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one batch size, one seed")
    parser.add_argument("--seeds", type=int, help="default 3, with --quick 1")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the records")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "feature_speed", report(read_records(given.out)))
        return
    records = list(study(QUICK_SIZES if given.quick else SIZES, given.seeds or (1 if given.quick else 3)))
    if not given.quick or given.out != RESULTS:
        write_records(given.out, records)
    print(report(records))


if __name__ == "__main__":
    main()

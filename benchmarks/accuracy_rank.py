"""How Kendall's tau grows with the number of training architectures.

Question: how well do predictors that saw the accuracies of n architectures order all the others?
Protocol: the first n rows of numpy.random.RandomState(seed).permutation(rows) train, all others test; median and range
over the seeds. Architectures a second count everything from genotypes to predictions.
Peers: their own code and default settings under the same protocol on a 2-core CPU; sources below.
Run time: about 10 minutes for 10 seeds on 2 cores, 1 minute with --quick.

Usage: python benchmarks/accuracy_rank.py [--table nb201-cifar10] [--target val_acc] [--quick] [--seeds N] [--out FILE]
       python benchmarks/accuracy_rank.py --report
Writes results/accuracy_rank.json; --report redraws the table in README.md from it.
Source: Dong and Yang, "NAS-Bench-201", ICLR 2020; splits of Kadlecová et al., "Surprisingly Strong Performance
Prediction with Neural Graph Features", ICML 2024.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.progress import Progress

from archgraph.bench import DEFAULT_METRICS, Record, rank
from archgraph.bench.publish import markdown_table, medians, read_records, replace_section, write_records
from archgraph.data import load

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "accuracy_rank.json"
SIZES, QUICK_SIZES = (32, 128, 512, 1024), (32, 128)
PREDICTORS = ("xgb", "gnn")

PEERS: dict[str, dict[str, dict[int, float]]] = {
    "nb201-cifar10/val_acc": {
        "one-hot + XGBoost": {32: 0.37, 128: 0.54, 512: 0.69, 1024: 0.74},
        "GCN of NASLib": {32: 0.655, 128: 0.68, 512: 0.72, 1024: 0.74},
        "WL-kernel GP of NAS-BOWL": {32: 0.54, 128: 0.64, 512: 0.67, 1024: 0.71},
        "PINAT": {32: 0.63, 128: 0.70, 512: 0.735},
        "GRAF + XGBoost": {32: 0.625, 128: 0.76, 512: 0.82, 1024: 0.84},
        "FLAN": {32: 0.675, 128: 0.773, 512: 0.849, 1024: 0.867},
    }
}
"""Task to peer to training rows to the median tau over seeds 0-9, measured by us."""


def study(table: str, target: str, sizes: tuple[int, ...], seeds: int) -> list[Record]:
    """Records of this project's predictors, then those of the peers on the same task."""
    with Progress() as shown:
        bar = shown.add_task("loading", total=None)
        records = list(
            rank(
                load(table),
                target,
                PREDICTORS,
                sizes,
                seeds,
                DEFAULT_METRICS,
                lambda what, done, total: shown.update(bar, description=what, completed=done, total=total),
            )
        )
    return records + [
        _peer(f"{table}/{target}", method, size, value)
        for method, values in PEERS.get(f"{table}/{target}", {}).items()
        for size, value in values.items()
        if size in sizes
    ]


def _peer(task: str, method: str, size: int, value: float) -> dict[str, Any]:
    return {
        "task": task,
        "method": method,
        "size": size,
        "seed": None,
        "metric": "tau",
        "value": value,
        "unit": "",
        "source": "measured",
    }


def report(records: list[dict[str, Any]]) -> str:
    """One Markdown table for each task: median tau by training rows, fitting time and speed at the largest."""
    parts = []
    for task in dict.fromkeys(record["task"] for record in records):
        taus = medians(records, task, "tau")
        sizes = sorted({size for _, size in taus})
        speeds = {metric: medians(records, task, metric) for metric in ("fit_seconds", "archs_per_second")}
        rows = []
        for method in dict.fromkeys(method for method, _ in taus):
            last = (method, sizes[-1])
            rows.append(
                [
                    f"**{method}**" if method in PREDICTORS else method,
                    *(f"{taus[method, size]:.3f}" if (method, size) in taus else "" for size in sizes),
                    f"{speeds['fit_seconds'][last]:.1f}" if last in speeds["fit_seconds"] else "",
                    f"{speeds['archs_per_second'][last]:,.0f}" if last in speeds["archs_per_second"] else "",
                ]
            )
        header = ["predictor", *(f"tau at {size}" for size in sizes), f"fit at {sizes[-1]} (s)", "archs/s"]
        parts.append(f"{task}\n\n{markdown_table(header, rows)}")
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="nb201-cifar10")
    parser.add_argument("--target", default="val_acc")
    parser.add_argument("--quick", action="store_true", help="two sizes, two seeds")
    parser.add_argument("--seeds", type=int, help="default 10, with --quick 2")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the records")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "accuracy_rank", report(read_records(given.out)))
        return
    sizes = QUICK_SIZES if given.quick else SIZES
    records = study(given.table, given.target, sizes, given.seeds or (2 if given.quick else 10))
    if not given.quick or given.out != RESULTS:
        write_records(given.out, records)
    print(report(records))


if __name__ == "__main__":
    main()

"""What is left to learn of a device's measurements, and what is its noise.

Question: where fewer than 97 % of the predictions are within 10 % after 900 rows, would a better predictor help?
Protocol: as latency_single_device.py on NAS-Bench-201, seed 0, for its columns below 97 %. Cells with isomorphic graphs
do the same work and look the same to any predictor, so whatever is left to learn is part of the errors of both: the
correlation of the errors of such pairs, neither of which was seen in training, is the share of the errors' variance
that is left to learn (errors are differences of logarithms, limited to .3 either way; with 1,300 pairs or so it is
known to .03). "reachable" is how many errors would be within 10 % if that share went.
Run time: 10 minutes on two cores, less than a minute with --quick.

Usage: python benchmarks/left_to_learn.py [--quick] [--out FILE]
       python benchmarks/left_to_learn.py --report
Writes results/left_to_learn.json; --report redraws the table in README.md from it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import ArchTable, load
from archgraph.predictors import DevicePredictor

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "left_to_learn.json"
STUDY = HERE / "results" / "latency_single_device.json"
TABLE, ROWS = "nb201", 900
WANTED = 0.97
LIMIT = 0.3
"""Errors beyond this count as so large: a few cells that take next to no time must not decide."""

QUICK = ("help_1080ti_32",)
METRICS = {
    "within10": "within 10 % (%)",
    "left": "of the variance left to learn (%)",
    "reachable": "reachable (%)",
    "pairs": "pairs",
}


def columns_below() -> list[str]:
    """Columns of the table that ``latency_single_device.py`` found below what is wanted."""
    found: dict[str, list[float]] = {}
    for record in read_records(STUDY):
        table, _, column = record["task"].partition("/")
        if (table, record["method"], record["size"], record["metric"]) == (TABLE, "device", ROWS, "within10"):
            found.setdefault(column, []).append(record["value"])
    return [column for column, values in found.items() if median(values) < WANTED]


def left(table: ArchTable, column: str) -> dict[str, float]:
    """Metric to value for one column."""
    measured = table.measured(column)
    graphs, y = measured.graphs_for(column), measured[column]
    order = np.random.RandomState(0).permutation(len(y))
    seen = np.zeros(len(y), dtype=bool)
    seen[order[:ROWS]] = True
    model = DevicePredictor(seed=0).fit(graphs[order[:ROWS]], y[order[:ROWS]])
    errors = np.log(y / model.predict(graphs))
    _, network = np.unique(graphs.fingerprints(), return_inverse=True)
    twins = np.flatnonzero((np.bincount(network) == 2)[network])
    pairs = twins[np.argsort(network[twins], kind="stable")].reshape(-1, 2)
    one, other = np.clip(errors[pairs[~seen[pairs].any(axis=1)]], -LIMIT, LIMIT).T
    # both orders of each pair, so that which is first does not matter
    share = float(np.corrcoef(np.concatenate([one, other]), np.concatenate([other, one]))[0, 1])
    unseen = errors[~seen]
    within = float(np.mean(np.abs(np.expm1(-unseen)) <= 0.1))
    middle = np.median(unseen)
    calmed = middle + (unseen - middle) * np.sqrt(1 - max(share, 0.0))
    reachable = float(np.mean(np.abs(np.expm1(-calmed)) <= 0.1))
    return {"within10": within, "left": share, "reachable": reachable, "pairs": len(one)}


def study(columns: Sequence[str]) -> Iterator[Record]:
    table = load(TABLE)
    for done, column in enumerate(columns, 1):
        for metric, value in left(table, column).items():
            keys = {"task": f"{TABLE}/{column}", "method": "device", "size": ROWS, "seed": 0, "unit": ""}
            yield keys | {"metric": metric, "value": float(value)}
        print(f"{done}/{len(columns)} {column}", file=sys.stderr, flush=True)


def report(records: Sequence[Record]) -> str:
    """A row for each column."""
    value = {(record["task"], record["metric"]): record["value"] for record in records}
    rows = []
    for task in dict.fromkeys(record["task"] for record in records):
        shares = [f"{100 * value[task, metric]:.1f}" for metric in ("within10", "left", "reachable")]
        rows.append([task.partition("/")[2], *shares, f"{value[task, 'pairs']:.0f}"])
    return markdown_table([f"{TABLE}, {ROWS} rows", *METRICS.values()], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one column; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table in README.md")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "left_to_learn", report(read_records(given.out)))
        return
    records = list(study(QUICK if given.quick else columns_below()))
    print(report(records))
    if not given.quick:
        write_records(given.out, records)


if __name__ == "__main__":
    main()

"""What predictors know of a benchmark before they have seen it.

Question: does a predictor that learned from other benchmarks order the architectures of a new one better than the same
predictor from scratch, when 0, 8, 32 or 128 of them are labelled?
Protocol: each table is held out in turn. A prior learns from 1,000 rows of each of the others. In "other spaces" all
tables over the same family of spaces are left out, too: both of NAS-Bench-201, all of NAS-Bench-Graph, and both whose
networks are chains of inverted residuals; in "other tables" they are there, measured on other data. The first n rows of
numpy.random.RandomState(seed).permutation(rows) train, and all others test, of large tables the next 5,000. Seeds 0-9
choose the split, the rows that priors learn from, and the predictors' own seed. The prior may see 2,000 graphs of the
held-out table, as a search may of its space, but no label. From scratch is "gp" with its defaults; "transfer" uses the
same twice, with and without the prior. With 0 labels the prior orders alone; from scratch there is no order, tau 0.
No parameter depends on the table that is held out; but these are the tables on which the method was developed.
Run time: about 15 minutes on one core, less than 2 with --quick. Results are kept as they come, and what was broken off
goes on from there.

Usage: python benchmarks/leave_one_table_out.py [--tables TABLE/COLUMN,...] [--seeds N] [--quick] [--out FILE]
       python benchmarks/leave_one_table_out.py --report
Writes results/leave_one_table_out.json; --report redraws the tables in README.md from it.
Source: Dong and Yang, "NAS-Bench-201", ICLR 2020; Qin et al., "NAS-Bench-Graph", NeurIPS 2022; Zhang et al., "D-VAE",
NeurIPS 2019; Cummings et al., "A Hardware-Aware Framework for Accelerating Neural Architecture Search Across
Modalities", 2022.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from archgraph import metrics
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import ArchTable, load
from archgraph.predictors import GaussianProcessPredictor, Lesson, Predictor, Prior, TransferPredictor

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "leave_one_table_out.json"

FAMILIES = {
    "nb201-cifar10/val_acc": "NAS-Bench-201",
    "nb201-imagenet16/val_acc": "NAS-Bench-201",
    "mbv3-dynast/top1_acc": "inverted residuals",
    "digit-scenes/val_acc": "inverted residuals",
    "enas-dvae/val_acc": "ENAS",
    "nbgraph-cora/val_acc": "NAS-Bench-Graph",
    "nbgraph-arxiv/val_acc": "NAS-Bench-Graph",
    "nbgraph-cs/val_acc": "NAS-Bench-Graph",
    "nbgraph-proteins/val_auc": "NAS-Bench-Graph",
}
QUICK = ("nb201-cifar10/val_acc", "mbv3-dynast/top1_acc")
SIZES = (8, 32, 128)
SCRATCH, SPACES, TABLES = "gp", "transfer, other spaces", "transfer, other tables"
TEACHING, SEEN, TESTED = 1000, 2000, 5000

Record = dict[str, Any]


def allowed(task: str, method: str) -> list[str]:
    """The tables that a prior for ``task`` may learn from."""
    return [
        other for other, family in FAMILIES.items() if other != task and (method == TABLES or family != FAMILIES[task])
    ]


def methods(task: str) -> tuple[str, ...]:
    """What there is to compare: a table without relatives has the same others either way."""
    relatives = allowed(task, TABLES) != allowed(task, SPACES)
    return (SCRATCH, SPACES, TABLES) if relatives else (SCRATCH, SPACES)


def rows_of(task: str) -> tuple[ArchTable, str]:
    """The measured rows of ``task`` and the column."""
    name, _, column = task.partition("/")
    return load(name).measured(column), column


def taught(seed: int) -> Prior:
    """A prior of all tables, of whose experts each held-out table may use some."""
    lessons = []
    for task in FAMILIES:
        rows, column = rows_of(task)
        few = rows.take(np.random.RandomState(seed).permutation(len(rows))[:TEACHING])
        lessons.append(Lesson(task, few.graphs, few[column], rows.goals[column]))
    return Prior.learn(lessons, TEACHING, seed)


def measured(
    task: str, prior: Prior, seed: int, sizes: Sequence[int], lacking: set[tuple[str, int]]
) -> Iterator[Record]:
    """Records of one table and seed, of the methods and sizes that are lacking."""
    rows, column = rows_of(task)
    order = np.random.RandomState(seed).permutation(len(rows))
    seen = rows.take(order[:SEEN]).graphs
    for method in methods(task):
        local = None
        if method != SCRATCH and any(method == name for name, _ in lacking):
            of_others = [expert for expert in prior.experts if expert.name in allowed(task, method)]
            local = Prior(of_others, {}).at(seen)
        for size in (0, *sizes):
            if (method, size) not in lacking:
                continue
            train, test = rows.take(order[:size]), rows.take(order[size:][:TESTED])
            key = {"task": task, "method": method, "size": size, "seed": seed}
            if size == 0 and local is not None:
                tau = metrics.kendall_tau(local.predict(test.graphs), test[column])
                yield key | {"metric": "tau", "value": tau, "unit": ""}
                continue
            model: Predictor = GaussianProcessPredictor(threads=1, seed=seed)
            if local is not None:
                model = TransferPredictor(local, base=SCRATCH, threads=1, seed=seed)
            predicted, std = model.fit(train.graphs, train[column]).predict(test.graphs, return_std=True)
            scores = {
                "tau": metrics.kendall_tau(predicted, test[column]),
                "coverage90": metrics.interval_coverage(predicted, std, test[column]),
            }
            for metric, value in scores.items():
                # predictions that are all the same order nothing
                yield key | {"metric": metric, "value": value if np.isfinite(value) else 0.0, "unit": ""}


def study(tasks: Sequence[str], seeds: int, sizes: Sequence[int], out: Path | None) -> list[Record]:
    """All records, those that ``out`` has and new ones, which are added to it as they come."""
    records: list[Record] = read_records(out) if out is not None and out.is_file() else []
    done = {(each["task"], each["method"], each["size"], each["seed"]) for each in records}
    for seed in range(seeds):
        prior = None
        for task in tasks:
            wanted = {(method, size) for method in methods(task) for size in (0, *sizes)} - {(SCRATCH, 0)}
            lacking = {each for each in wanted if (task, *each, seed) not in done}
            if not lacking:
                continue
            prior = prior or taught(seed)
            records += measured(task, prior, seed, sizes, lacking)
            print(f"seed {seed}: {task}", file=sys.stderr, flush=True)
            if out is not None:
                write_records(out, records)
    return records


def report(records: Sequence[Mapping[str, Any]]) -> str:
    """A table for other spaces, one for other tables, and how often intervals cover."""
    seeds = len({each["seed"] for each in records})
    parts = [
        f"Kendall's tau, medians of {seeds} seeds; in brackets how many of the seeds are better than from scratch.",
        "Learned from other spaces:",
        _compared(records, SPACES),
        "Learned from other tables, those of the same space on other data among them:",
        _compared(records, TABLES),
        "Coverage of 90 % intervals, mean over tables and seeds:",
        _coverage(records),
    ]
    return "\n\n".join(parts)


def _values(records: Sequence[Mapping[str, Any]], metric: str) -> dict[tuple[str, str, int], dict[int, float]]:
    """Task, method and size to seed to the value."""
    found: dict[tuple[str, str, int], dict[int, float]] = {}
    for each in records:
        if each["metric"] == metric:
            found.setdefault((each["task"], each["method"], each["size"]), {})[each["seed"]] = each["value"]
    return found


def _compared(records: Sequence[Mapping[str, Any]], method: str) -> str:
    values = _values(records, "tau")
    sizes = sorted({size for _, its, size in values if its == SCRATCH})
    header = ["table", "0: scratch", "0: prior"]
    header += [f"{size}: {which}" for size in sizes for which in ("scratch", "transfer")]
    lines: list[list[str]] = []
    columns: list[list[float]] = []
    for task in FAMILIES:
        if (task, method, 0) not in values:
            continue
        row = [0.0, median(values[task, method, 0].values())]
        cells = ["0", f"{row[1]:.3f}"]
        for size in sizes:
            scratch, other = values[task, SCRATCH, size], values[task, method, size]
            wins = sum(other[seed] > scratch[seed] for seed in other)
            row += [median(scratch.values()), median(other.values())]
            cells += [f"{row[-2]:.3f}", f"{row[-1]:.3f} ({wins})"]
        columns.append(row)
        lines.append([task, *cells])
    lines.append(["mean", *(f"{mean(column):.3f}" for column in zip(*columns, strict=True))])
    return markdown_table(header, lines)


def _coverage(records: Sequence[Mapping[str, Any]]) -> str:
    values = _values(records, "coverage90")
    sizes = sorted({size for _, _, size in values})
    lines = []
    for method in (SCRATCH, SPACES, TABLES):
        of_size = [
            [v for (_, its, n), found in values.items() if its == method and n == size for v in found.values()]
            for size in sizes
        ]
        lines.append([method, *(f"{mean(found):.2f}" if found else "" for found in of_size)])
    return markdown_table(["method", *(f"at {size}" for size in sizes)], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", help="some of the study's to hold out, with commas between them")
    parser.add_argument("--seeds", type=int, help="default 10, with --quick 2")
    parser.add_argument("--quick", action="store_true", help="two tables, 8 and 32 labels, two seeds; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables from the records")
    given = parser.parse_args()
    tasks = list(FAMILIES) if given.tables is None else given.tables.split(",")
    for task in tasks:
        if task not in FAMILIES:
            raise SystemExit(f"--tables must be some of {', '.join(FAMILIES)}, but has {task!r}")
    with threadpool_limits(1):
        if given.quick:
            print(report(study(QUICK, given.seeds or 2, (8, 32), None)))
            return
        records = read_records(given.out) if given.report else study(tasks, given.seeds or 10, SIZES, given.out)
    if given.out == RESULTS and given.report:
        replace_section(HERE / "README.md", "leave_one_table_out", report(records))
    else:
        print(report(records))


if __name__ == "__main__":
    main()

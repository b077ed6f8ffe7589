"""How well the sum of the times of its operators tells the time of a network, here on this machine.

Question: each operator of some networks is measured once. How far are sums over them from the times of other networks,
before and after ten measured networks tell the factor? How far are they if 30 % of the operators were not measured?
Protocol: the distinct operators of 100 random networks of a space, fused as runtimes do, and whole networks, 70 other
ones, are measured in one run on one thread. Permutations of these by numpy.random.RandomState(seed) give the ten that
teach; the others test. Their operators that the 100 do not have are interpolated, and so are, in a second round, 30 %
that are left out at random. Mean relative error and Spearman's correlation, medians over seeds 0-9. "held out": median
relative error of single operators told by others, in five folds.
Run time: 10 minutes on two cores, less than 2 minutes with --quick. Every time is kept in results/operators/ as soon as
it is known; a study that was broken off goes on from there.

Usage: python benchmarks/operators.py [--devices NAME,...] [--seeds N] [--quick] [--out FILE]
       python benchmarks/operators.py --report
Writes results/operators.json; --report redraws the table in README.md from it.
Source: Zhang et al., "nn-Meter", MobiSys 2021; Cai et al., "ProxylessNAS", ICLR 2019.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from archgraph import metrics
from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.latency import LatencyTable, OperatorSum, OperatorTimes, measure_into, operator_networks
from archgraph.latency.described import device_of
from archgraph.latency.device import folds
from archgraph.latency.operator_times import NOTHING, OPERATORS
from archgraph.spaces import SearchSpace, space

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "operators.json"
KEPT = HERE / "results" / "operators"
SPACES = ("digit-scenes", "nb201")
DEVICES = "torch-cpu,onnx-cpu"
COLUMN = "latency_ms"
TEACH, LEFT_OUT = 10, 0.3
FULL, QUICK = (100, 60), (20, 10)
"""Networks whose operators are measured, and networks that test."""


class Campaign(NamedTuple):
    """What was measured of one space on one device."""

    times: OperatorTimes
    searched: SearchSpace
    genotypes: np.ndarray
    milliseconds: np.ndarray


def measured(name: str, kind: str, amount: tuple[int, int], folder: Path) -> Campaign:
    """Operators and whole networks; what ``folder`` has already is kept."""
    searched = space(name)
    drawn = searched.sample_distinct(amount[0] + amount[1] + TEACH, np.random.default_rng(0))
    first, others = drawn[: amount[0]], drawn[amount[0] :]
    device = device_of(kind, {})
    with LatencyTable(folder / f"{name}-{kind}-operators.db", OPERATORS) as table:
        wanted = operator_networks(map(searched.network, first), folds(device.card()))
        measure_into(table, COLUMN, device, wanted, partial(show, f"{name} operators on {kind}"))
        times = OperatorTimes.of_table(table, COLUMN)
    with LatencyTable(folder / f"{name}-{kind}-networks.db", searched.name) as table:
        whole = {searched.format(row): partial(searched.network, row) for row in others}
        measure_into(table, COLUMN, device, whole, partial(show, f"{name} networks on {kind}"))
        found = {row.architecture: row.found.median for row in table.rows(COLUMN)}
    kept = [row for row in others if searched.format(row) in found]
    return Campaign(times, searched, np.array(kept), np.array([found[searched.format(row)] for row in kept]))


def records_of(task: str, campaign: Campaign, seeds: int) -> Iterator[Record]:
    """Errors before and after the factor, with all operators and with some left out."""
    networks = [campaign.searched.network(row) for row in campaign.genotypes]
    texts = [text for text in campaign.times.measured if text != NOTHING]
    for seed in range(seeds):
        rng = np.random.RandomState(seed)
        order = rng.permutation(len(networks))
        teach, test = order[:TEACH], order[TEACH:]
        fewer = campaign.times.without(rng.permutation(texts)[: round(LEFT_OUT * len(texts))])
        for label, times in (("all measured", campaign.times), (f"{LEFT_OUT:.0%} left out", fewer)):
            keys = {"task": task, "seed": seed, "size": len(times)}
            model = OperatorSum(times)
            for factor in ("", " and factor"):
                if factor:
                    model.fit([networks[row] for row in teach], campaign.milliseconds[teach])
                found = model.sums(networks)
                told, true = found.milliseconds[test], campaign.milliseconds[test]
                for metric in ("mape", "spearman"):
                    value = getattr(metrics, metric)(told, true)
                    yield keys | {"method": f"{label}{factor}", "metric": metric, "value": value, "unit": ""}
            share = float(found.interpolated.sum() / found.operators.sum())
            known = {"operators": len(times), "interpolated": share, "held_out": times.error}
            for metric, value in known.items():
                # too few operators tell no error
                yield keys | {"method": label, "metric": metric, "value": None if value != value else value, "unit": ""}


def report(records: Sequence[Record]) -> str:
    """A row for each space, device and share of operators that was measured."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for record in records:
        if record["value"] is not None:
            found.setdefault((record["task"], record["method"], record["metric"]), []).append(record["value"])
    value = {key: median(values) for key, values in found.items()}
    header = ["space, device", "operators", "distinct", "interpolated", "held out", "sum", "and factor"]
    rows = []
    for task, method in dict.fromkeys((task, method) for task, method, metric in value if metric == "operators"):
        errors = [
            f"{100 * value[task, f'{method}{factor}', 'mape']:.1f} / {value[task, f'{method}{factor}', 'spearman']:.3f}"
            for factor in ("", " and factor")
        ]
        shown = (f"{100 * value.get((task, method, metric), np.nan):.1f} %" for metric in ("interpolated", "held_out"))
        rows.append([task, method, f"{value[task, method, 'operators']:.0f}", *shown, *errors])
    return "Sums: mean relative error (%) / Spearman's correlation.\n\n" + markdown_table(header, rows)


def show(what: str, phase: str, done: int, total: int) -> None:
    if done in (0, total):
        print(f"{phase} {what}: {done} of {total}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", default=DEVICES)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="torch-cpu, few networks, three seeds; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the records")
    given = parser.parse_args()
    if given.report:
        replace_section(HERE / "README.md", "operators", report(read_records(given.out)))
        return
    devices = ["torch-cpu"] if given.quick else given.devices.split(",")
    seeds, amount = (3, QUICK) if given.quick else (given.seeds, FULL)
    records: list[Record] = []
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) if given.quick else KEPT
        folder.mkdir(parents=True, exist_ok=True)
        for kind in devices:
            for name in SPACES:
                records += records_of(f"{name}, {kind}", measured(name, kind, amount, folder), seeds)
    print(report(records))
    if not given.quick or given.out != RESULTS:
        write_records(given.out, records)


if __name__ == "__main__":
    main()

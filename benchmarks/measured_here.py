"""Whether latencies measured on this machine repeat, and what those of one runner tell of another.

Question: do three calls agree on the time of a network? n architectures are measured with one runner; how well are all
others known, if another runner measured every one of them?
Protocol: 200 random subnets of the embedded space and 100 random cells of NAS-Bench-201 in their published size are
measured with torch and with ONNX Runtime, batch 1, one thread. A call is a process that measures all of them with
both; there are three, one after the other, each in another order. The time of a network in a call is the median of
rounds, each the fastest of nine runs, until it is known to 1 % or after 50 rounds; all take their turns side by side,
so that a machine that slows down for some seconds does so for all. Calls differ by the greatest of the three times
minus the smallest, relative to the middle one, which is the time that counts then.
Transfer: the first 30 rows of numpy.random.RandomState(seed).permutation(rows) are measured, all others test; medians
and ranges over seeds 0-9. "known device" is DevicePredictor, to which the other runner is a known device; "and
operators" the same with sums over operators as a column beside the graph: those of the 30 networks are measured one by
one on the runner itself, the others interpolated; "times beside" is DevicePredictor with the other runner's times as a
column beside the graph; "scaled" are the other runner's times by the one factor that the 30 tell; "alone" is
DevicePredictor that knows nothing of the other runner.
Run time: less than 25 minutes on two cores that do nothing else, 5 of which write ONNX files; less than 2 minutes with
--quick.
Every time is kept in results/measured_here/ as soon as it is known; a study that was broken off goes on from there.

Usage: python benchmarks/measured_here.py [--seeds N] [--quick] [--out FILE]
       python benchmarks/measured_here.py --report
Writes results/measured_here.json, the times as results/measured_here/<space>.csv and what measured them as machine.json
beside; --report redraws the tables in README.md from the records.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import torch

from archgraph import metrics
from archgraph._files import write_text
from archgraph.bench import Record
from archgraph.bench.publish import markdown_table, read_records, replace_section, write_records
from archgraph.data import ArchTable
from archgraph.graph import ArchGraph, GraphBatch
from archgraph.latency import LatencyTable, OperatorSum, OperatorTimes, measure_into, operator_networks
from archgraph.latency.described import device_of
from archgraph.latency.device import folds
from archgraph.latency.export import as_arch_table, write_csv
from archgraph.latency.operator_times import OPERATORS
from archgraph.latency.rounds import FAILURES, reason_of
from archgraph.networks import export_onnx
from archgraph.predictors import DevicePredictor, KnownDevices
from archgraph.spaces import SearchSpace, space
from archgraph.typing import FloatArray, IntArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "measured_here.json"
KEPT = RESULTS.with_suffix("")
RUNNERS = ("torch-cpu", "onnx-cpu")
TAKES_FILES = "onnx-cpu"
"""The runner of ONNX files, which are written once for all calls: to write one takes seconds."""
CALLS = 3
PROTOCOL = {"precision_goal": 0.01, "rounds": 50, "together": 200}
REPEATS = "three calls"
SCORES: dict[str, Callable[[FloatArray, FloatArray], float]] = {
    "spearman": metrics.spearman,
    "mape": metrics.mape,
    "within10": metrics.within,
}


class Size(NamedTuple):
    """How much of everything.

    Attributes:
        networks: Space to the number of its networks.
        measured: Networks whose times a predictor sees.
        seeds: Splits.
    """

    networks: dict[str, int]
    measured: int
    seeds: int


FULL = Size({"digit-scenes": 200, "nb201": 100}, 30, 10)
QUICK = Size({"digit-scenes": 36}, 24, 2)


# ---- measuring


def drawn(name: str, number: int) -> tuple[SearchSpace, IntArray]:
    """A space and ``(number, G)`` distinct random genotypes, the same ones each time."""
    searched = space(name)
    return searched, searched.sample_distinct(number, np.random.default_rng(0))


def onnx_file(folder: Path, name: str, genotype: IntArray) -> Path:
    """Where the network of a genotype is written."""
    return folder / "onnx" / f"{name}-{'-'.join(map(str, genotype))}.onnx"


def write_files(wanted: Sequence[tuple[Path, str, IntArray]]) -> None:
    """Write networks as ONNX; one that cannot be written is named, and fails when it is to be measured."""
    torch.set_num_threads(1)
    for done, (path, name, genotype) in enumerate(wanted, 1):
        try:
            export_onnx(space(name).network(genotype), path)
        except FAILURES as error:
            print(f"{path.name}: {reason_of(error)}", file=sys.stderr)
        show("ONNX files", "writing", done, len(wanted))


def lacking_files(size: Size, folder: Path) -> Iterator[tuple[Path, str, IntArray]]:
    """File, space and genotype of the networks that a call is still to measure and that are not written yet."""
    for name, number in size.networks.items():
        searched, genotypes = drawn(name, number)
        measured = measured_in_all_calls(folder / f"{name}.db", searched)
        for row in genotypes:
            path = onnx_file(folder, name, row)
            if searched.format(row) not in measured and not path.exists():
                yield path, name, row


def measured_in_all_calls(path: Path, searched: SearchSpace) -> set[str]:
    """Architectures whose ONNX file is not needed any more."""
    with LatencyTable(path, searched.name) as table:
        columns = [column(TAKES_FILES, call) for call in range(1, CALLS + 1)]
        if not set(columns) <= set(table.columns):
            return set()
        return set.intersection(*({row.architecture for row in table.rows(each)} for each in columns))


def column(runner: str, call: int) -> str:
    return f"{runner}_{call}"


def networks(
    runner: str, searched: SearchSpace, genotypes: IntArray, folder: Path
) -> dict[str, Callable[[], ArchGraph | Path]]:
    """Architecture to what makes that which the runner takes."""
    if runner == TAKES_FILES:
        return {searched.format(row): partial(onnx_file, folder, searched.name, row) for row in genotypes}
    return {searched.format(row): partial(searched.network, row) for row in genotypes}


def measure_once(call: int, size: Size, folder: Path) -> None:
    """One call: all networks with both runners; what ``folder`` has already is kept."""
    for name, number in size.networks.items():
        searched, genotypes = drawn(name, number)
        with LatencyTable(folder / f"{name}.db", searched.name) as table:
            for runner in RUNNERS:
                device = device_of(runner, PROTOCOL | {"seed": call})
                wanted = networks(runner, searched, genotypes, folder)
                progress = partial(show, f"{name} with {runner}, call {call}")
                campaign = measure_into(table, column(runner, call), device, wanted, progress)
                for text, reason in campaign.failed.items():
                    print(f"{text} with {runner}: {reason}", file=sys.stderr)
                if campaign.elsewhere:
                    raise SystemExit(f"another process measures {campaign.elsewhere} networks; wait until it has ended")
                if campaign.remark:
                    print(f"warning: {campaign.remark}", file=sys.stderr)


def in_processes(work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> None:
    """Do work in processes of their own, side by side, as commands are that are called anew."""
    processes = [get_context("spawn").Process(target=work, args=each, daemon=True) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            raise SystemExit(f"a process ended with {process.exitcode}; the same command goes on from there")


def measure_operators(size: Size, folder: Path) -> None:
    """The distinct operators of all networks, once with each runner; what ``folder`` has already is kept."""
    for name, number in size.networks.items():
        searched, genotypes = drawn(name, number)
        with LatencyTable(folder / f"{name}-operators.db", OPERATORS) as table:
            for runner in RUNNERS:
                device = device_of(runner, PROTOCOL)
                wanted = operator_networks(map(searched.network, genotypes), folds(device.card()))
                measure_into(table, runner, device, wanted, partial(show, f"operators of {name} with {runner}"))


def operator_times(name: str, folder: Path) -> dict[str, OperatorTimes]:
    """Runner to the operators that it was measured on."""
    with LatencyTable(folder / f"{name}-operators.db", OPERATORS) as table:
        return {runner: OperatorTimes.of_table(table, runner) for runner in RUNNERS}


def measure(size: Size, folder: Path) -> dict[str, ArchTable]:
    """Space to what the calls found, a column for each runner and call; the CSV files and the cards are written."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    lacking = list(lacking_files(size, folder))
    in_processes(write_files, [(lacking[::2],), (lacking[1::2],)] if lacking else [])
    for call in range(1, CALLS + 1):
        in_processes(measure_once, [(call, size, folder)])
    in_processes(measure_operators, [(size, folder)])
    tables, cards = {}, {}
    for name in size.networks:
        with LatencyTable(folder / f"{name}.db") as kept:
            tables[name] = as_arch_table(kept, space(name))
            write_csv(kept, folder / f"{name}.csv")
            cards = {runner: kept.columns[column(runner, 1)] for runner in RUNNERS}
    write_text(folder / "machine.json", json.dumps(cards, indent=1) + "\n")
    rmtree(folder / "onnx")
    return tables


# ---- what the times tell


def calls_of(table: ArchTable, runner: str, what: str = "") -> FloatArray:
    """``(R, CALLS)`` milliseconds, of the medians unless something else of them is asked for."""
    return np.column_stack([table[column(runner, call) + what] for call in range(1, CALLS + 1)])


def repeat_records(task: str, times: FloatArray, half_widths: FloatArray) -> Iterator[Record]:
    """How far ``(R, CALLS)`` times of one runner agree, and how often intervals of two calls have nothing in common."""
    pairs = list(combinations(range(CALLS), 2))
    apart = [np.abs(times[:, i] - times[:, j]) > half_widths[:, i] + half_widths[:, j] for i, j in pairs]
    middle = np.median(times, axis=1)
    difference = np.ptp(times, axis=1) / middle
    orders = [metrics.spearman(times[:, i], times[:, j]) for i, j in pairs]
    found = {
        "networks": (len(times), ""),
        "median_ms": (np.median(middle), "ms"),
        "difference": (np.median(difference), ""),
        "difference_of_nine_in_ten": (np.quantile(difference, 0.9), ""),
        "intervals_apart": (np.mean(apart), ""),
        "lowest_spearman": (min(orders), ""),
    }
    for metric, (value, unit) in found.items():
        keys = {"task": task, "method": REPEATS, "size": CALLS, "seed": 0}
        yield keys | {"metric": metric, "value": float(value), "unit": unit}


class Transfer:
    """What is known of one runner when another one has measured everything.

    Args:
        graphs: ``(R,)`` architectures.
        networks: Their R full graphs.
        times: ``(R,)`` of the runner that is predicted.
        others: ``(R,)`` of the other one.
        operators: Times of operators on the runner that is predicted.
    """

    def __init__(
        self,
        graphs: GraphBatch,
        networks: Sequence[ArchGraph],
        times: FloatArray,
        others: FloatArray,
        operators: OperatorTimes,
    ) -> None:
        self.graphs = graphs
        self.times = times
        self.others = others
        self.operators = operators
        self.networks = networks
        self.known = KnownDevices.learn(graphs, {"other": others})
        self.informed = graphs.with_columns({"other": others})


def by_known_device(given: Transfer, rows: IntArray, seed: int) -> FloatArray:
    model = DevicePredictor(given.known, seed=seed).fit(given.graphs[rows], given.times[rows])
    return model.predict(given.graphs)


def by_times_beside(given: Transfer, rows: IntArray, seed: int) -> FloatArray:
    return DevicePredictor(seed=seed).fit(given.informed[rows], given.times[rows]).predict(given.informed)


def by_operators(given: Transfer, rows: IntArray, seed: int) -> FloatArray:
    own = operator_networks([given.networks[row] for row in rows], given.operators.folds)
    sums = OperatorSum(given.operators.without([text for text in given.operators.measured if text not in own]))
    informed = given.graphs.with_columns({"operators": sums.sums(given.networks).milliseconds})
    return DevicePredictor(given.known, seed=seed).fit(informed[rows], given.times[rows]).predict(informed)


def by_factor(given: Transfer, rows: IntArray, seed: int) -> FloatArray:
    scaled: FloatArray = given.others * np.median(given.times[rows] / given.others[rows])
    return scaled


def alone(given: Transfer, rows: IntArray, seed: int) -> FloatArray:
    return DevicePredictor(seed=seed).fit(given.graphs[rows], given.times[rows]).predict(given.graphs)


METHODS: dict[str, Callable[[Transfer, IntArray, int], FloatArray]] = {
    "known device": by_known_device,
    "and operators": by_operators,
    "times beside": by_times_beside,
    "scaled": by_factor,
    "alone": alone,
}


def transfer_records(task: str, given: Transfer, size: Size) -> Iterator[Record]:
    """Scores of every method on the networks that were not measured."""
    for seed in range(size.seeds):
        order = np.random.RandomState(seed).permutation(len(given.times))
        rows, test = order[: size.measured], order[size.measured :]
        for method, predict in METHODS.items():
            predicted = predict(given, rows, seed)[test]
            for metric, score in SCORES.items():
                keys = {"task": task, "method": method, "size": size.measured, "seed": seed}
                yield keys | {"metric": metric, "value": score(predicted, given.times[test]), "unit": ""}


def records_of(
    tables: Mapping[str, ArchTable], operators: Mapping[str, Mapping[str, OperatorTimes]], size: Size
) -> Iterator[Record]:
    """Repeats and both directions of every space; networks that some call could not measure are left out."""
    for name, every in tables.items():
        table = every.measured(*(column(runner, call) for runner in RUNNERS for call in range(1, CALLS + 1)))
        times = {runner: calls_of(table, runner) for runner in RUNNERS}
        full = [table.space.network(row) for row in table.genotypes]
        middle = {runner: np.median(found, axis=1) for runner, found in times.items()}
        for runner, other in (RUNNERS, RUNNERS[::-1]):
            yield from repeat_records(f"{name}/{runner}", times[runner], calls_of(table, runner, "_half_width"))
            given = Transfer(table.graphs, full, middle[runner], middle[other], operators[name][runner])
            yield from transfer_records(f"{name}/{runner}", given, size)


# ---- the tables


def report(records: Sequence[Record], cards: Mapping[str, Mapping[str, str]]) -> str:
    """On what it was measured, how far calls agree, and a table for each score of the transfer."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for record in records:
        found.setdefault((record["task"], record["method"], record["metric"]), []).append(record["value"])
    tasks = list(dict.fromkeys(record["task"] for record in records))
    rows = [[task, *_repeats({metric: found[task, REPEATS, metric][0] for metric in _METRICS})] for task in tasks]
    header = [
        REPEATS,
        "networks",
        "median (ms)",
        "differ by (%)",
        "nine in ten by (%)",
        "intervals apart (%)",
        "lowest Spearman",
    ]
    measured = max(record["size"] for record in records)
    shown = [_machine(cards), markdown_table(header, rows)]
    for metric, what in TITLES.items():
        lines = [[method, *(_spread(found[task, method, metric], metric) for task in tasks)] for method in METHODS]
        shown.append(markdown_table([f"{what}, {measured} measured", *tasks], lines))
    return "\n\n".join(shown)


TITLES = {"spearman": "Spearman", "mape": "mean relative error (%)", "within10": "within 10 % (%)"}
_METRICS = ("networks", "median_ms", "difference", "difference_of_nine_in_ten", "intervals_apart", "lowest_spearman")


def _repeats(value: Mapping[str, float]) -> list[str]:
    shares = [f"{100 * value[metric]:.1f}" for metric in _METRICS[2:5]]
    return [f"{value['networks']:.0f}", f"{value['median_ms']:.3f}", *shares, f"{value['lowest_spearman']:.3f}"]


def _spread(values: Sequence[float], metric: str) -> str:
    """Median and range."""
    if metric == "spearman":
        return f"{median(values):.3f} ({min(values):.3f} to {max(values):.3f})"
    return f"{100 * median(values):.1f} ({100 * min(values):.1f} to {100 * max(values):.1f})"


def _machine(cards: Mapping[str, Mapping[str, str]]) -> str:
    torch_card, onnx_card = (cards[runner] for runner in RUNNERS)
    versions = f"torch {torch_card['torch']}, ONNX Runtime {onnx_card['onnxruntime']}"
    return f"{torch_card['processor']}, {torch_card['system']}; {versions}; {torch_card['protocol']}."


def show(what: str, phase: str, done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        print(f"{phase} {what}: {done} of {total}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=FULL.seeds)
    parser.add_argument("--quick", action="store_true", help="few networks of one space, two seeds; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables from the records")
    given = parser.parse_args()
    if given.report:
        cards = json.loads((KEPT / "machine.json").read_text(encoding="utf-8"))
        replace_section(HERE / "README.md", "measured_here", report(read_records(given.out), cards))
        return
    size = QUICK if given.quick else FULL._replace(seeds=given.seeds)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) if given.quick else KEPT
        tables = measure(size, folder)
        operators = {name: operator_times(name, folder) for name in tables}
        records = list(records_of(tables, operators, size))
        print(report(records, json.loads((folder / "machine.json").read_text(encoding="utf-8"))))
    if not given.quick or given.out != RESULTS:
        write_records(given.out, records)


if __name__ == "__main__":
    main()

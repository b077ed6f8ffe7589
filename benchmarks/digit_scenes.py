"""How the embedded benchmark is made: supernet, accuracies, latencies, stand-alone trainings, and its noise.

Question: what do subnets of one trained supernet reach, how fast are they, how far does that agree with training each
of them on its own, and how much of it is noise?
Protocol: the steps below, in this order; each appends to logs in the work folder and goes on where it stopped. The
logs behind the table are in results/digit_scenes; name another folder to make everything anew. Without a step, rows
of the finished table are measured again and compared with it.

    supernet   train the weights from nothing (12 minutes on one core)
    accuracy   2,048 subnets on 4,000 val and 4,000 test scenes, statistics recalibrated on 1,000 train scenes (20)
    repeats    60 of them again on four other sets of val scenes (1)
    latency    passes over all subnets in random order, single thread, batch 1 and 16 (4 a pass)
    alone      100 subnets trained from scratch, 30 of them with three seeds (80)
    collect    the table and the figures of the card

Usage: python benchmarks/digit_scenes.py [all --work FOLDER --passes 4]
Writes datasets/digit-scenes/: supernet.safetensors, table.npz, and the sections [figures] and [machine] of card.toml.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track

from archgraph._datasets import dataset_card, dataset_folder
from archgraph._files import write_text
from archgraph.data import ArchTable, load
from archgraph.data.task import load_task
from archgraph.evaluators.embedded import embedded_evaluator
from archgraph.evaluators.measured import Measured
from archgraph.evaluators.subnet import Subnet
from archgraph.evaluators.trained import Trained
from archgraph.metrics import kendall_tau
from archgraph.networks.training import Recipe
from archgraph.spaces import space
from archgraph.supernets import Supernet, load_supernet
from archgraph.supernets.training import train_supernet
from archgraph.typing import FloatArray, IntArray

NAME = "digit-scenes"
RESULTS = Path(__file__).parent / "results" / "digit_scenes"
SUBNETS = 2048
SCENES = 4000
REPEATED, REPEATS = 60, 4
ALONE, ALONE_THRICE = 100, 30
ALONE_RECIPE = Recipe(epochs=3)
ALONE_SCENES = 20_000
CHUNK = 40
LATENCIES = ("latency_ms", "latency_b16_ms")


class Log:
    """JSON lines: one finished piece of work each, looked up by its key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.entries: dict[str, dict[str, Any]] = {}
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:  # the line that a kill cut short
                continue
            self.entries[entry["key"]] = entry

    def add(self, key: str, **values: Any) -> None:
        entry = {"key": key, **values}
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" * (not self._ends_well()) + json.dumps(entry) + "\n")
        self.entries[key] = entry

    def _ends_well(self) -> bool:
        content = self.path.read_bytes() if self.path.exists() else b""
        return not content or content.endswith(b"\n")

    def missing(self, keys: list[str]) -> list[str]:
        return [key for key in keys if key not in self.entries]


def genotypes() -> IntArray:
    """The subnets of the table: both ends, half uniform, half spread over all sizes; ``(SUBNETS, G)``."""
    searched = space(NAME)
    rng = np.random.default_rng(2026)
    size = rng.random((2 * SUBNETS, 1))
    by_size = rng.binomial(searched.sizes - 1, size, (2 * SUBNETS, searched.genes))
    uniform = searched.sample(2 * SUBNETS, rng)
    ends = np.stack([searched.smallest, searched.largest])
    mixed = np.stack([by_size, uniform], axis=1).reshape(-1, searched.genes)
    rows = searched.canonical(np.concatenate([ends, mixed]))
    _, first = np.unique(rows, axis=0, return_index=True)
    return rows[np.sort(first)[:SUBNETS]]


def make_supernet(work: Path) -> None:
    card = dataset_card(NAME)["supernet"]
    task = load_task(NAME)
    supernet = Supernet(space(NAME), torch.Generator().manual_seed(card["recipe"]["seed"]))
    train_supernet(
        supernet,
        lambda epoch: task.tensors("train", card["images"], epoch),
        Recipe(**card["recipe"]),
        card["random_subnets"],
        work / "supernet.checkpoint",
        lambda loss: print(f"epoch done, loss of the largest network {loss:.4f}", flush=True),
    )
    supernet.save(dataset_folder(NAME) / card["file"])


def make_accuracy(work: Path) -> None:
    log, rows = Log(work / "accuracy.jsonl"), genotypes()
    ask = embedded_evaluator(NAME, ("val_acc", "test_acc"))
    for key in track(log.missing([str(row) for row in range(SUBNETS)]), "accuracy"):
        found = ask.evaluate(rows[int(key)])
        log.add(key, **{column: float(values[0]) for column, values in found.items()})


def make_repeats(work: Path) -> None:
    log, rows = Log(work / "repeats.jsonl"), genotypes()
    task = load_task(NAME)
    scenes = {str(seed): task.tensors("val", SCENES, seed) for seed in range(1, REPEATS + 1)}
    calibration, _ = task.tensors(**dataset_card(NAME)["supernet"]["calibration"])
    ask = Subnet(load_supernet(NAME), scenes, calibration)
    for key in track(log.missing([str(row) for row in range(2, 2 + REPEATED)]), "repeats"):
        log.add(key, values=[float(values[0]) for values in ask.evaluate(rows[int(key)]).values()])


def make_latency(work: Path, passes: int) -> None:
    log, machine, rows = Log(work / "latency.jsonl"), Log(work / "machine.jsonl"), genotypes()
    devices = {column: embedded_evaluator(NAME, (column,)) for column in LATENCIES}
    for column, ask in devices.items():
        assert isinstance(ask, Measured)  # a latency is asked for alone
        machine.add(column, **ask.device.card())
    for number in range(passes):
        order = np.random.default_rng(number).permutation(SUBNETS)
        chunks = [order[start : start + CHUNK] for start in range(0, SUBNETS, CHUNK)]
        keys = [f"{number}-{start}" for start in range(len(chunks))]
        for key in track(log.missing(keys), f"latency, pass {number + 1}"):
            chunk = chunks[int(key.split("-")[1])]
            found = {column: device.evaluate(rows[chunk])[column].tolist() for column, device in devices.items()}
            log.add(key, rows=chunk.tolist(), **found)


def alone_rows() -> IntArray:
    """Rows of the subnets that are trained on their own, spread evenly over the order by MACs; ``(ALONE,)``."""
    order = np.argsort(space(NAME).costs(genotypes())["macs"], kind="stable")
    return order[np.linspace(0, SUBNETS - 1, ALONE).round().astype(int)]


def alone_jobs() -> list[str]:
    """``row-seed``: every subnet once, then every third one twice more."""
    rows = alone_rows()
    thrice = rows[np.linspace(0, ALONE - 1, ALONE_THRICE).round().astype(int)]
    once = np.random.default_rng(0).permutation(rows)
    return [f"{row}-0" for row in once] + [f"{row}-{seed}" for row in thrice for seed in (1, 2)]


def make_alone(work: Path) -> None:
    log, rows, task, searched = Log(work / "alone.jsonl"), genotypes(), load_task(NAME), space(NAME)
    images = {f"alone_{split}_acc": task.tensors(split, SCENES) for split in ("val", "test")}
    batches = cache(lambda epoch: task.tensors("train", ALONE_SCENES, epoch))
    for key in track(log.missing(alone_jobs()), "stand-alone trainings"):
        row, seed = map(int, key.split("-"))
        ask = Trained(searched, batches, images, replace(ALONE_RECIPE, seed=seed))
        log.add(key, **{column: float(values[0]) for column, values in ask.evaluate(rows[[row]]).items()})


# ---- from the logs to the table and the card


def latencies(work: Path, column: str) -> FloatArray:
    """``(SUBNETS, passes)`` milliseconds."""
    entries = Log(work / "latency.jsonl").entries
    passes = 1 + max(int(key.split("-")[0]) for key in entries)
    found = np.full((SUBNETS, passes), np.nan)
    for key, entry in entries.items():
        found[entry["rows"], int(key.split("-")[0])] = entry[column]
    return found[:, ~np.isnan(found).any(axis=0)]


def alone(work: Path, column: str) -> FloatArray:
    """``(SUBNETS, 3)`` percentages; NaN where a subnet was not trained with that seed."""
    found = np.full((SUBNETS, 3), np.nan)
    for key, entry in Log(work / "alone.jsonl").entries.items():
        row, seed = map(int, key.split("-"))
        found[row, seed] = entry[column]
    return found


def first_known(values: FloatArray) -> FloatArray:
    """``(R,)`` mean over the seeds that there are; NaN where there is none."""
    count = (~np.isnan(values)).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def collect(work: Path) -> None:
    log = Log(work / "accuracy.jsonl").entries
    columns: dict[str, FloatArray] = {
        column: np.array([log[str(row)][column] for row in range(SUBNETS)]) for column in ("val_acc", "test_acc")
    }
    for column in LATENCIES:
        passes = latencies(work, column)
        low, columns[column], high = np.percentile(passes, [25, 50, 75], axis=1)
        columns[f"{column}_spread"] = (high - low) / 2
    columns |= space(NAME).costs(genotypes())
    trained = {column: alone(work, column) for column in ("alone_val_acc", "alone_test_acc")}
    columns |= {column: first_known(values) for column, values in trained.items()}
    columns["alone_seeds"] = np.where(
        np.isnan(trained["alone_val_acc"][:, 0]), np.nan, (~np.isnan(trained["alone_val_acc"])).sum(axis=1)
    )
    card = dataset_card(NAME)
    described = card["columns"]
    table = ArchTable(
        space(NAME),
        genotypes(),
        {column: columns[column] for column in described},
        {column: given["unit"] for column, given in described.items() if "unit" in given},
        {column: given["goal"] for column, given in described.items() if "goal" in given},
        {"name": NAME} | {key: card["table"][key] for key in ("title", "licence", "citation")},
    )
    table.save(dataset_folder(NAME) / card["table"]["file"], compressed=True)
    write_found(dict(figures(work, table, trained["alone_val_acc"])), Log(work / "machine.jsonl").entries)


def figures(work: Path, table: ArchTable, trained: FloatArray) -> Iterator[tuple[str, float]]:
    """What the card says of ranges, noise and agreement."""
    yield "val_acc_smallest", table["val_acc"][0]
    yield "val_acc_largest", table["val_acc"][1]
    repeats = Log(work / "repeats.jsonl").entries
    deviation = float(np.sqrt(np.mean([np.var(entry["values"], ddof=1) for entry in repeats.values()])))
    yield "val_acc_repeat_deviation", deviation
    yield "val_acc_tau_ceiling", ceiling(table["val_acc"], np.full(len(table), deviation))
    for column in LATENCIES:
        passes = latencies(work, column)
        # The median of P normal values deviates by about 1.25 / sqrt(P) of one value's deviation.
        spread = 1.25 * np.std(passes, axis=1, ddof=1) / np.sqrt(passes.shape[1])
        yield f"{column}_passes", passes.shape[1]
        yield f"{column}_repeat_deviation_percent", float(100 * np.median(spread / table[column]))
        yield f"{column}_tau_between_passes", tau_between(passes)
        yield f"{column}_tau_ceiling", ceiling(table[column], spread)
    known = ~np.isnan(trained[:, 0])
    yield "alone_networks", int(known.sum())
    yield "alone_networks_with_three_seeds", int((~np.isnan(trained)).all(axis=1).sum())
    yield "tau_supernet_alone", kendall_tau(table["val_acc"][known], first_known(trained)[known])
    thrice = trained[(~np.isnan(trained)).all(axis=1)]
    if len(thrice) > 2:
        yield "alone_seed_deviation", float(np.sqrt(np.mean(np.var(thrice, axis=1, ddof=1))))
        yield "tau_between_alone_seeds", tau_between(thrice)


def tau_between(repeats: FloatArray) -> float:
    """Mean Kendall's tau over all pairs of columns of ``(R, P)`` repeats."""
    pairs = [(a, b) for a in range(repeats.shape[1]) for b in range(a)]
    return float(np.mean([kendall_tau(repeats[:, a], repeats[:, b]) for a, b in pairs]))


def ceiling(values: FloatArray, deviation: FloatArray) -> float:
    """Mean Kendall's tau that a perfect predictor reaches against values with this much normal noise on them."""
    rng = np.random.default_rng(0)
    noisy = [values + deviation * rng.standard_normal(len(values)) for _ in range(5)]
    return float(np.mean([kendall_tau(values, again) for again in noisy]))


def write_found(found: dict[str, float], machines: dict[str, dict[str, str]]) -> None:
    """End the card with the figures and, for each latency, the machine it was measured on."""
    path = dataset_folder(NAME) / "card.toml"
    kept = path.read_text(encoding="utf-8").split("[figures]")[0].rstrip()
    lines = ["[figures]"]
    lines += [f"{key} = {value if isinstance(value, int) else round(float(value), 4)}" for key, value in found.items()]
    for column, described in machines.items():
        lines += ["", f"[machine.{column}]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in described.items() if key != "key"]
    write_text(path, kept + "\n\n" + "\n".join(lines) + "\n")
    print("\n".join(lines))


def check(rows: int, out: Path | None) -> None:
    """Measure random rows of the table again: accuracies must be the same, latencies in the same order."""
    table = load(NAME)
    table = table.take(np.random.default_rng(0).choice(len(table), rows, replace=False))
    found = embedded_evaluator(NAME, ("val_acc", *LATENCIES)).evaluate(table.genotypes)
    shift = np.abs(found["val_acc"] - table["val_acc"])
    values = {("val_acc", "largest_difference"): float(shift.max())}
    values |= {(column, "tau"): kendall_tau(found[column], table[column]) for column in LATENCIES}
    records = [
        {"task": f"{NAME}/{target}", "method": "measured again", "size": rows, "seed": 0, "metric": metric}
        | {"value": value, "unit": "%" if metric == "largest_difference" else ""}
        for (target, metric), value in values.items()
    ]
    for record in records:
        print(f"{record['task']}: {record['metric']} {record['value']:.3f} {record['unit']}".rstrip())
    if out is not None:
        write_text(out, json.dumps(records, indent=1) + "\n")


STEPS = ("supernet", "accuracy", "repeats", "latency", "alone", "collect")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?", choices=(*STEPS, "all"), help="what to make; left out: check the table")
    parser.add_argument("--work", type=Path, default=RESULTS, help="folder of the logs; a new one starts from nothing")
    parser.add_argument("--passes", type=int, default=4, help="latency passes over all subnets")
    parser.add_argument("--quick", action="store_true", help="check fewer rows")
    parser.add_argument("--out", type=Path, help="where to write the records of the check")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.step is None:
        check(20 if options.quick else 100, options.out)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    make = {
        "supernet": lambda: make_supernet(options.work),
        "accuracy": lambda: make_accuracy(options.work),
        "repeats": lambda: make_repeats(options.work),
        "latency": lambda: make_latency(options.work, options.passes),
        "alone": lambda: make_alone(options.work),
        "collect": lambda: collect(options.work),
    }
    for step in STEPS if options.step == "all" else (options.step,):
        make[step]()


if __name__ == "__main__":
    main()

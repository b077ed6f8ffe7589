"""What each ingredient of the predictors brings.

Question: how much worse do predictors rank without one of their ingredients, all else equal?
Protocol: that of accuracy_rank.py, with fewer sizes and seeds: the first n rows of numpy.random.RandomState(seed)
.permutation(rows) train, all others test. Each variant lacks one ingredient of a predictor, or has another one in its
place; the table shows the mean over tables and seeds of its Kendall's tau minus that of the whole predictor on the same
splits, in thousandths, and on how many of the splits it is worse.
Run time: 2 hours on one core, less than 2 minutes with --quick. Each run is kept in results/ablation/runs.jsonl when it
ends; a study that was broken off goes on from there.

Usage: python benchmarks/ablation.py [--jobs J] [--predictors KIND,...] [--seeds N] [--quick] [--out FILE]
       python benchmarks/ablation.py --report
Writes results/ablation.json; --report redraws the table in README.md from the runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from archgraph.bench import RankTask, Record, rank
from archgraph.bench.kept_study import keep_runs, kept_records
from archgraph.bench.publish import markdown_table, replace_section, write_records
from archgraph.data import load
from archgraph.features import GraphFeatures
from archgraph.features.gradients import GRADIENT_MEASURES
from archgraph.features.graph_features import PLACES, SWEEPS
from archgraph.features.places import Column
from archgraph.features.signals import MEASURES
from archgraph.features.slots import Slots
from archgraph.graph import GraphBatch
from archgraph.predictors import AutoPredictor, GaussianProcessPredictor, GNNPredictor, Predictor, XGBoostPredictor
from archgraph.predictors.base import Scaled
from archgraph.typing import FloatArray

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "ablation.json"
TABLES = ("nb201-cifar10/val_acc", "mbv3-dynast/top1_acc", "digit-scenes/val_acc")
SIZES = (32, 128, 512)


class FeaturesWithout(GraphFeatures):
    """Graph features without some kinds of columns."""

    kinds: tuple[str, ...] = ()

    def _candidates(self, batch: GraphBatch, slots: Slots) -> list[Column]:
        return [column for column in super()._candidates(batch, slots) if column[0] not in self.kinds]


class FeaturesWithoutSettings(GraphFeatures):
    """Graph features that do not tell which columns are settings."""

    def settings(self) -> list[int]:
        return []


def on(features: type[GraphFeatures]) -> type[GaussianProcessPredictor]:
    """Gaussian processes on other features."""

    class OnOtherFeatures(GaussianProcessPredictor):
        def _fit(self, batch: GraphBatch, z: FloatArray) -> Scaled:
            self.features_ = features().fit(batch)
            return self._learn(batch, self.features_.transform(batch), z)

    return OnOtherFeatures


def without(*kinds: str) -> type[GaussianProcessPredictor]:
    """Gaussian processes on features without some kinds of columns."""
    return on(type("Without", (FeaturesWithout,), {"kinds": kinds}))


def with_other(whole: type[Predictor], **arguments: Any) -> type[Predictor]:
    """The predictor with other arguments."""

    class WithOther(whole):  # type: ignore[misc, valid-type]  # a class that is an argument
        def __init__(self, seed: int = 0) -> None:
            super().__init__(**arguments, seed=seed)

    return WithOther


class GNNFlowAlone(GNNPredictor):
    """A network that does not see the graph features."""

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        return super()._learn(batch, np.zeros_like(x), z)

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        return super()._answer(batch, np.zeros_like(x), spread)


GPAlone = with_other(GaussianProcessPredictor, members=1)
GPWithoutDoubt = with_other(GaussianProcessPredictor, doubt=0.0)
GPAlike = with_other(GaussianProcessPredictor, freedom=1e-3, doubt=0.0)
GPWithoutLevels = on(FeaturesWithoutSettings)
GPWithoutSignals = without(*MEASURES)
GPWithoutGradients = without(*GRADIENT_MEASURES)
GPWithoutPaths = without(*SWEEPS)
GPWithoutPlaces = without(*PLACES)
GNNAlone = with_other(GNNPredictor, members=1)
GNNWithoutPairs = with_other(GNNPredictor, margin=0.0)
GNNAttention = with_other(GNNPredictor, layer="attention")
GNNGcn = with_other(GNNPredictor, layer="gcn")
GNNGin = with_other(GNNPredictor, layer="gin")
GNNGatv2 = with_other(GNNPredictor, layer="gatv2")
XGBFewer = with_other(XGBoostPredictor, members=2)
AutoWithoutGP = with_other(AutoPredictor, members=("xgb", "forest", "gnn"))
AutoWithoutXGB = with_other(AutoPredictor, members=("gp", "forest", "gnn"))
AutoWithoutForest = with_other(AutoPredictor, members=("gp", "xgb", "gnn"))
AutoWithoutGNN = with_other(AutoPredictor, members=("gp", "xgb", "forest"))

VARIANTS: dict[str, dict[str, str]] = {
    "gp": {
        "one process, no committee": "GPAlone",
        "no doubt of inputs": "GPWithoutDoubt",
        "all inputs weigh the same": "GPAlike",
        "no indicators of settings' values": "GPWithoutLevels",
        "no signals among the features": "GPWithoutSignals",
        "no gradients among the features": "GPWithoutGradients",
        "no paths among the features": "GPWithoutPaths",
        "no positions among the features": "GPWithoutPlaces",
    },
    "gnn": {
        "no graph features in the readout": "GNNFlowAlone",
        "one network, no committee": "GNNAlone",
        "values only, no order of pairs": "GNNWithoutPairs",
        "attention for flow": "GNNAttention",
        "GCN for flow": "GNNGcn",
        "GIN for flow": "GNNGin",
        "GATv2 for flow": "GNNGatv2",
    },
    "xgb": {"two models, no committee": "XGBFewer"},
    "auto": {
        "no Gaussian processes": "AutoWithoutGP",
        "no boosted trees": "AutoWithoutXGB",
        "no forest": "AutoWithoutForest",
        "no graph network": "AutoWithoutGNN",
    },
}
"""Whole predictor to what is missing or changed, and the class here that is so."""


def tasks_of(tables: Sequence[str], sizes: Sequence[int]) -> list[RankTask]:
    return [RankTask(load(name.partition("/")[0]), name.partition("/")[2], tuple(sizes)) for name in tables]


def show(what: str, done: int, total: int) -> None:
    print(f"{done}/{total} {what}", file=sys.stderr, flush=True)


def differences(records: Sequence[Record], variant: str, whole: str, size: int) -> list[float]:
    """Tau of the variant minus that of the whole predictor, for every table and seed that both have."""
    found: dict[str, dict[tuple[str, int], float]] = {variant: {}, whole: {}}
    for record in records:
        if record["metric"] == "tau" and record["size"] == size and record["method"] in found:
            found[record["method"]][record["task"], record["seed"]] = record["value"]
    return [value - found[whole][split] for split, value in found[variant].items() if split in found[whole]]


def report(records: Sequence[Record]) -> str:
    """A row for each ingredient, a column for each number of rows."""
    sizes = sorted({record["size"] for record in records})
    rows = []
    for whole, variants in VARIANTS.items():
        for name, variant in variants.items():
            cells = [_cell(differences(records, f"ablation:{variant}", whole, size)) for size in sizes]
            if any(cells):
                rows.append([f"{whole}: {name}", *cells])
    return markdown_table(["predictor and change", *(f"{size:,} rows" for size in sizes)], rows)


def _cell(found: Sequence[float]) -> str:
    if not found:
        return ""
    worse = sum(value < 0 for value in found)
    return f"{1000 * float(np.mean(found)):+.1f} (worse on {worse} of {len(found)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--predictors", default=",".join(VARIANTS), help="whose ingredients; default all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each on one core")
    parser.add_argument("--quick", action="store_true", help="one table, 32 rows, one seed; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the table from the runs")
    given = parser.parse_args()
    kinds = given.predictors.split(",")
    for kind in kinds:
        if kind not in VARIANTS:
            parser.error(f"--predictors must be some of {', '.join(VARIANTS)}, but has {kind!r}")
    methods = [method for kind in kinds for method in (kind, *(f"ablation:{name}" for name in VARIANTS[kind].values()))]
    if given.quick:
        print(report(rank(tasks_of(TABLES[:1], SIZES[:1]), methods, 1, jobs=given.jobs, progress=show)))
        return
    if not given.report:
        keep_runs(given.out, tasks_of(TABLES, SIZES), methods, given.seeds, given.jobs, progress=show)
    records = kept_records(given.out)
    if given.out == RESULTS and given.report:
        write_records(given.out, records)
        replace_section(HERE / "README.md", "ablation", report(records))
    else:
        print(report(records))


if __name__ == "__main__":
    main()

"""How Kendall's tau grows with the number of training architectures.

Question: how well do predictors that saw the accuracies of n architectures order all the others?
Protocol: the first n rows of numpy.random.RandomState(seed).permutation(rows) train, all others test; medians and
ranges over seeds 0-9, and exact sign-flip tests between the predictors over these splits, after Holm's correction for
the number of pairs. The ENAS cells have the split of their publication instead: all 17,118 training rows, errors in
deviations of those. "+ zc_*" tells predictors the published zero-cost proxies of each architecture beside its graph.
Every predictor has one set of defaults for all tables. Each model has one thread, graph
features are computed on all cores; architectures a second count everything from genotypes to predictions.
Peers: the peers.toml beside each table's card has their figures, whose they are, and whether they are published or were
measured with the authors' code under the same protocol.
Run time: hours for everything on two cores, less than 2 minutes with --quick. Each run is kept in
results/accuracy_rank/runs.jsonl when it ends. A study that was broken off goes on from there, seed after seed, and
--report can be called meanwhile.

Usage: python benchmarks/accuracy_rank.py [--jobs J] [--predictors KIND,...] [--tasks TABLE/TARGET,...] [--seeds N]
                                          [--again KIND,...] [--quick] [--out FILE]
       python benchmarks/accuracy_rank.py --report
Writes results/accuracy_rank.json, also when it stops early; --report redraws the tables in README.md from the runs.
Source: Dong and Yang, "NAS-Bench-201", ICLR 2020; splits of Kadlecová et al., "Surprisingly Strong Performance
Prediction with Neural Graph Features", ICML 2024; Zhang et al., "D-VAE", NeurIPS 2019.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from archgraph.bench import RankTask, Record, peer_records, rank
from archgraph.bench.comparison import comparison
from archgraph.bench.kept_study import keep_runs, kept_records
from archgraph.bench.publish import replace_section, write_records
from archgraph.data import load

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "accuracy_rank.json"
PREDICTORS = "auto,gp,xgb,forest,gnn"


class Asked(NamedTuple):
    """A task of the study.

    Attributes:
        name: Table and target.
        sizes: Training rows; none for all that the column ``split`` gives.
        split: Column that splits.
        metrics: What the first tables show.
        inputs: Columns that predictors see beside the graph.
    """

    name: str
    sizes: tuple[int, ...]
    split: str = ""
    metrics: tuple[str, ...] = ("tau",)
    inputs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """As ``RankTask`` is called."""
        split = f" ({self.split})" if self.split else ""
        return f"{self.name}{split}{''.join(f' + {name}' for name in self.inputs)}"


SIZES = (32, 128, 512, 1024)
TASKS = (
    Asked("nb201-cifar10/val_acc", SIZES),
    Asked("nb201-imagenet16/val_acc", SIZES),
    Asked("nb201-cifar10/val_acc", SIZES, inputs=("zc_*",)),
    Asked("nb201-imagenet16/val_acc", SIZES, inputs=("zc_*",)),
    Asked("mbv3-dynast/top1_acc", (32, 128, 512, 1000)),
    Asked("digit-scenes/val_acc", SIZES),
    Asked("enas-dvae/val_acc", (), "train", ("rmse_standardised", "pearson")),
)
QUICK = (Asked("nb201-cifar10/val_acc", (32, 64)), Asked("digit-scenes/val_acc", (32,)))


def tasks_of(asked: Sequence[Asked]) -> list[RankTask]:
    """With their tables."""
    return [
        RankTask(load(each.name.partition("/")[0]), each.name.partition("/")[2], each.sizes, each.split, each.inputs)
        for each in asked
    ]


def show(what: str, done: int, total: int) -> None:
    print(f"{done}/{total} {what}", file=sys.stderr, flush=True)


def report(records: list[Record]) -> str:
    """Tables of every task, the peers beside."""
    metrics = {each.title: each.metrics for each in TASKS}
    return comparison(records, peer_records(records), metrics)


def chosen(names: str | None) -> list[Asked]:
    """The tasks of the study that are asked for."""
    known = {each.title: each for each in TASKS}
    wanted = list(known) if names is None else names.split(",")
    for name in wanted:
        if name not in known:
            raise SystemExit(f"--tasks must be some of {', '.join(known)}, but has {name!r}")
    return [known[name] for name in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", help="some of the study's, with commas between them")
    parser.add_argument("--predictors", help=f"default {PREDICTORS}")
    parser.add_argument("--seeds", type=int, help="default 10, with --quick 2")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each on one core")
    parser.add_argument("--again", default="", help="predictors whose runs are made anew")
    parser.add_argument("--quick", action="store_true", help="two tasks, small sizes, two seeds; nothing is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--report", action="store_true", help="only redraw the tables from the runs")
    given = parser.parse_args()
    kinds = (given.predictors or PREDICTORS).split(",")
    if given.quick:
        print(report(rank(tasks_of(QUICK), kinds, given.seeds or 2, jobs=given.jobs, progress=show)))
        return
    if not given.report:
        again = [kind for kind in given.again.split(",") if kind]
        keep_runs(given.out, tasks_of(chosen(given.tasks)), kinds, given.seeds or 10, given.jobs, again, show)
    records = kept_records(given.out)
    if given.out == RESULTS and given.report:
        write_records(given.out, records)
        replace_section(HERE / "README.md", "accuracy_rank", report(records))
    else:
        print(report(records))


if __name__ == "__main__":
    main()

"""Tables of what searches found, and after how many evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from archgraph.bench.publish import markdown_table
from archgraph.bench.rank_log import Record
from archgraph.bench.search_methods import TRAINED_ON

TO_LEVEL = "evaluations_to_"
"""How the metrics begin that say after how many evaluations a share was held; the share in percent follows."""
TIMES = {"own_seconds": "s", "late_seconds": "s, last fifth"}
"""Metrics of what a search takes itself for each evaluation, and how readers know them."""
MANY_SEEDS = 50
"""With more, a mean and a late search say more than a median."""


def search_tables(records: Sequence[Record], after: Sequence[int]) -> list[str]:
    """One task's: a line for each search, and a sentence on "guided", which has seen more than it verifies.

    Args:
        records: Of that task, with the metrics "share" after ``size`` evaluations, and some of ``TIMES`` and
            ``TO_LEVEL``, where ``size`` is what the search was allowed.
        after: Evaluations after which shares are shown, where there are any.
    """
    task, methods = records[0]["task"], list(dict.fromkeys(record["method"] for record in records))
    levels = list(dict.fromkeys(r["metric"] for r in records if r["metric"].startswith(TO_LEVEL)))
    counts = [count for count in after if any(r["metric"] == "share" and r["size"] == count for r in records)]
    times = {metric: shown for metric, shown in TIMES.items() if any(r["metric"] == metric for r in records)}
    header = [
        task,
        "seeds",
        *(f"to {level.removeprefix(TO_LEVEL)} %" for level in levels),
        *(f"share after {count}" for count in counts),
        *times.values(),
    ]
    rows = [
        [
            method,
            str(len({record["seed"] for record in records if record["method"] == method})),
            *(_evaluations(records, method, level) for level in levels),
            *(_share(records, method, count) for count in counts),
            *(_seconds(records, method, metric) for metric in times),
        ]
        for method in methods
        if method != "guided"
    ]
    shown = [markdown_table(header, rows)] if rows else []
    if "guided" in methods:
        count = max(r["size"] for r in records if (r["method"], r["metric"]) == ("guided", "share"))
        held = _share(records, "guided", count)
        shown.append(f"{task}: guided by predictors of {TRAINED_ON}, the {count} that are verified hold {held}")
    return shown


def _evaluations(records: Sequence[Record], method: str, metric: str) -> str:
    found = [r for r in records if (r["method"], r["metric"]) == (method, metric)]
    if not found:
        return ""
    values = sorted(float("inf") if r["value"] is None else r["value"] for r in found)
    never, middle = int(sum(np.isinf(values))), median(values)
    shown = f"{middle:.0f}" if np.isfinite(middle) else f"> {max(r['size'] for r in found):,}"
    if len(values) <= MANY_SEEDS:
        return shown
    if never:
        return f"median {shown}, {never} never"
    return f"mean {np.mean(values):.0f}, 95 % {values[int(np.ceil(0.95 * len(values))) - 1]:.0f}"


def _seconds(records: Sequence[Record], method: str, metric: str) -> str:
    own = [r for r in records if r["method"] == method]
    found = [r["value"] for r in own if r["metric"] == metric]
    # some runs are of before a time was taken
    return f"{median(found):.3f}" if len(found) == len({r["seed"] for r in own}) else ""


def _share(records: Sequence[Record], method: str, count: int) -> str:
    found = [r["value"] for r in records if (r["method"], r["metric"], r["size"]) == (method, "share", count)]
    return f"{median(found):.4f}" if found else ""

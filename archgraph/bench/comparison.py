"""A comparison as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from archgraph.bench.publish import markdown_table
from archgraph.metrics import LESS_IS_BETTER, Standing, standings

DETAILS = ("spearman", "precision10", "regret10", "coverage90", "fit_seconds", "archs_per_second")
"""What the table after the first metrics shows, unless told otherwise."""

Records = Sequence[Mapping[str, Any]]

_DIGITS = {
    "pearson": 4,
    "rmse_standardised": 4,
    "precision10": 2,
    "regret10": 2,
    "coverage90": 2,
    "fit_seconds": 1,
    "archs_per_second": 0,
}


def comparison(
    records: Records,
    peers: Records = (),
    metrics: Mapping[str, Sequence[str]] | None = None,
    details: Sequence[str] = DETAILS,
) -> str:
    """Every task: a table for each of its first metrics, one of the others, and whose the peers' figures are.

    Bold are the best median of each size and those that a paired test over the seeds does not tell apart from it; see
    ``archgraph.metrics.standings``.

    Args:
        records: Of ``rank``.
        peers: Of ``peer_records``.
        metrics: Task to its first metrics; the first one that was recorded, unless given.
        details: The others, in their order; those that a task has no value of are left out.
    """
    parts = []
    for task in dict.fromkeys(record["task"] for record in records):
        own, theirs = ([each for each in some if each["task"] == task] for some in (records, peers))
        recorded = list(dict.fromkeys(record["metric"] for record in own if record["value"] is not None))
        first = (metrics or {}).get(task, recorded[:1])
        parts += [f"{task}", *(headline(own, theirs, metric) for metric in first if metric in recorded)]
        others = [metric for metric in details if metric in recorded and metric not in first]
        if others:
            parts.append(details_table(own, theirs, others, _ordered(own, first[0])))
        if theirs:
            parts.append(citations(theirs))
    return "\n\n".join(parts)


def headline(records: Records, peers: Records, metric: str) -> str:
    """One metric of one task by training rows: median and range over the seeds, best first."""
    by_size = _by_size(records, metric)
    sizes = list(by_size)
    rows = [
        [method, *(_spread(by_size[size].get(method), metric) for size in sizes)]
        for method in _ordered(records, metric)
    ]
    given = _values(peers, [metric])
    rows += [
        [name, *(_number(found.get((metric, size)), metric) for size in sizes)]
        for name, found in given.items()
        if any((metric, size) in found for size in sizes)
    ]
    return markdown_table(["predictor", *(f"{_title(records, metric)} at {size:,}" for size in sizes)], rows)


def details_table(records: Records, peers: Records, metrics: Sequence[str], order: Sequence[str]) -> str:
    """Medians of other metrics of one task, those of all sizes in one cell, the methods in ``order``."""
    sizes = sorted({record["size"] for record in records})
    own = _values(records, metrics)
    methods = {method: own[method] for method in order if method in own} | _values(peers, metrics)
    rows = [
        [name, *(_slashed([_number(found.get((metric, size)), metric) for size in sizes]) for metric in metrics)]
        for name, found in methods.items()
    ]
    shown = " / ".join(f"{size:,}" for size in sizes)
    return markdown_table([f"at {shown} rows", *(_title(records, metric) for metric in metrics)], rows)


def citations(peers: Records) -> str:
    """Whose figures those of the peers are."""
    lines = {f"{_peer(peer)}: {peer['citation']}": None for peer in peers}
    return "\n".join(f"- {line}." for line in lines)


def size_standings(records: Iterable[Mapping[str, Any]], metric: str, size: float) -> dict[str, Standing]:
    """Method to its standing in ``metric`` on ``size`` training rows of one task."""
    values: dict[str, dict[Any, float]] = {}
    for record in records:
        if record["metric"] == metric and record["size"] == size and record["value"] is not None:
            values.setdefault(record["method"], {})[record["seed"]] = record["value"]
    return standings(values, metric in LESS_IS_BETTER)


def _by_size(records: Records, metric: str) -> dict[int, dict[str, Standing]]:
    sizes = {each["size"] for each in records if each["metric"] == metric and each["value"] is not None}
    return {size: size_standings(records, metric, size) for size in sorted(sizes)}


def _ordered(records: Records, metric: str) -> list[str]:
    """Methods by their median on the most training rows, best first; those that are not there yet come last."""
    found: dict[str, tuple[int, float]] = {}
    for size, standing in _by_size(records, metric).items():
        for method, its in standing.items():
            found[method] = -size, its.median if metric in LESS_IS_BETTER else -its.median
    return sorted(found, key=lambda method: found[method])


def _values(records: Records, metrics: Sequence[str]) -> dict[str, dict[tuple[str, int], float]]:
    """Method to metric and size to the median."""
    found: dict[str, dict[tuple[str, int], list[float]]] = {}
    for record in records:
        if record["metric"] in metrics and record["value"] is not None:
            method = _peer(record) if "source" in record else record["method"]
            found.setdefault(method, {}).setdefault((record["metric"], record["size"]), []).append(record["value"])
    return {method: {key: median(values) for key, values in its.items()} for method, its in found.items()}


def _peer(record: Mapping[str, Any]) -> str:
    return f"{record['method']} ({record['source']})"


def _spread(standing: Standing | None, metric: str) -> str:
    if standing is None:
        return ""
    middle, low, high = (_number(value, metric) for value in (standing.median, standing.low, standing.high))
    shown = f"**{middle}**" if standing.leads else middle
    return shown if standing.splits == 1 else f"{shown} ({low} to {high})"


def _number(value: float | None, metric: str) -> str:
    return "" if value is None else f"{value:,.{_DIGITS.get(metric, 3)}f}"


def _slashed(cells: Sequence[str]) -> str:
    return " / ".join(cell or "–" for cell in cells) if any(cells) else ""


def _title(records: Records, metric: str) -> str:
    unit = next((record["unit"] for record in records if record["metric"] == metric), "")
    name = metric.replace("_", " ").removesuffix(" seconds")
    return f"{name} ({unit})" if unit not in ("", "1/s") else name

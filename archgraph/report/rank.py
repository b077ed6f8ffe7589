"""The section of a comparison: how quality grows, of predictors with training rows, of searches with evaluations."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict

from archgraph.metrics import LESS_IS_BETTER, standings
from archgraph.report.curves import (
    Curve,
    Record,
    Reference,
    Words,
    curves,
    metric_names,
    metric_title,
    task_names,
    words_of,
)
from archgraph.report.html import Html, element, join
from archgraph.report.page import write_page
from archgraph.report.quantity import decimals
from archgraph.report.section import Section, chart, lead
from archgraph.report.tables import Cell, Column, Spread, table


def write_rank_page(
    path: str | os.PathLike[str],
    records: Sequence[Record],
    references: Sequence[Reference] = (),
    *,
    title: str = "",
    summary: str = "",
    settings: Mapping[str, object] | None = None,
    date: str = "",
) -> None:
    """Write a page with the curves and tables of every task of ``records``.

    Args:
        path: Of the HTML file.
        records: ``{"task", "method", "size", "seed", "metric", "value", "unit"}`` each; one with ``source`` and
            ``citation`` is what others reach, and drawn as a dashed line.
        references: Lines to draw beside the curves.
        title: The page's heading; empty = what is compared.
        summary: What was done, in a sentence or two.
        settings: Name to value, whatever it takes to repeat the work.
        date: When the work was done, as readers should see it.

    Raises:
        ValueError: There are no records, or one lacks a key.
        OSError: The file cannot be written.
    """
    write_page(
        path,
        title or words_of(records).page,
        [rank_section(records, references)],
        summary=summary,
        settings=settings,
        date=date,
    )


def rank_section(records: Sequence[Record], references: Sequence[Reference] = ()) -> Section:
    """Curves and a table for every task.

    Args:
        records: ``{"task", "method", "size", "seed", "metric", "value", "unit"}`` each; one with ``source`` and
            ``citation`` is what others reach, and drawn as a dashed line.
        references: Lines to draw beside the curves.

    Raises:
        ValueError: There are no records, one lacks a key, or a task has no finite value.
    """
    if not records:
        raise ValueError("records must hold at least one record, but are empty")
    words = words_of(records)
    parts = (_part(records, task, references, words) for task in task_names(records))
    return Section(words.title, join(lead(words.lead), element("div", *parts, class_="charts")))


def _part(records: Sequence[Record], task: str, references: Sequence[Reference], words: Words) -> Html:
    found = {metric: curves(records, task, metric) for metric in metric_names(records, task)}
    metrics = {metric: lines for metric, lines in found.items() if lines}
    if not metrics:
        raise ValueError(f"no record of task {task!r} has a finite value")
    units = {record["metric"]: str(record.get("unit", "")) for record in records if record["task"] == task}
    spec = {
        "method": words.method,
        "sizes": words.sizes,
        "metrics": [
            {
                "title": metric_title(metric),
                "unit": _shown_unit(units[metric]),
                "digits": decimals((value for curve in lines for value in curve.median), 3),
                "curves": [asdict(curve) for curve in lines],
                "references": [
                    {"label": line.label, "value": line.value}
                    for line in references
                    if line.metric == metric and line.task in ("", task)
                ],
            }
            for metric, lines in metrics.items()
        ],
    }
    figure = chart(
        "rank",
        spec,
        f"{words.figure} for {task}, a line for each {words.method}.",
        _caption(metrics),
    )
    own = [record for record in records if record["task"] == task]
    return element("div", element("h3", task), figure, _rank_table(metrics, units, own, words), _citations(own))


def _one_seed(metrics: Mapping[str, Sequence[Curve]]) -> bool:
    own = (curve for lines in metrics.values() for curve in lines if not curve.source)
    return all(count == 1 for curve in own for count in curve.seeds)


def _citations(records: Sequence[Record]) -> Html | None:
    """Whose figures those of others are."""
    lines = dict.fromkeys(
        f"{record['method']} ({record['source']}): {record.get('citation', '')}"
        for record in records
        if record.get("source")
    )
    return element("ul", *(element("li", line) for line in lines), class_="citations") if lines else None


def _tests(records: Sequence[Record], metric: str) -> dict[tuple[str, float], float]:
    """Method and size to p of the paired test against the best of that size."""
    values: dict[float, dict[str, dict[Hashable, float]]] = {}
    for record in records:
        if record["metric"] == metric and record["value"] is not None and not record.get("source"):
            of_size = values.setdefault(float(record["size"]), {})
            of_size.setdefault(record["method"], {})[record["seed"]] = float(record["value"])
    return {
        (method, size): standing.p
        for size, of_size in values.items()
        for method, standing in standings(of_size, metric in LESS_IS_BETTER).items()
        if standing.p is not None and standing.splits > 1
    }


def _caption(metrics: Mapping[str, Sequence[Curve]]) -> str:
    many_sizes = len({size for lines in metrics.values() for curve in lines for size in curve.sizes}) > 1
    dashed = any(curve.source for lines in metrics.values() for curve in lines)
    others = " Dashed is what others reach." if dashed and many_sizes else ""
    if _one_seed(metrics):
        return ("Lines join what one seed gave." if many_sizes else "Points are what one seed gave.") + others
    spread = "reach from the worst seed to the best"
    text = f"Lines join medians over seeds; bands {spread}." if many_sizes else f"Points are medians; bars {spread}."
    return text + others


def _rank_table(
    metrics: Mapping[str, Sequence[Curve]], units: Mapping[str, str], records: Sequence[Record], words: Words
) -> Html:
    spreads: dict[tuple[str, float], dict[str, Spread]] = {}
    seeds: dict[tuple[str, float], int | None] = {}
    for metric, lines in metrics.items():
        for curve in lines:
            for i, size in enumerate(curve.sizes):
                key = curve.method, size
                spreads.setdefault(key, {})[metric] = Spread(curve.median[i], curve.low[i], curve.high[i])
                seeds[key] = None if curve.source else max(curve.seeds[i], seeds.get(key) or 0)
    columns = [Column(words.method), Column(words.sizes, digits=0), Column("seeds", digits=0)]
    rows: list[list[Cell]] = [[method, size, seeds[method, size]] for method, size in spreads]
    first = next(iter(metrics))
    tests = _tests(records, first)
    caption = "One seed" if _one_seed(metrics) else "Median and range over seeds"
    if tests:
        columns.append(Column(f"p, {metric_title(first)}", digits=3))
        for row, key in zip(rows, spreads, strict=True):
            row.append(tests.get(key))
        caption += f"; p of the paired test against the best of the same {words.sizes}, corrected for their number"
    for metric, lines in metrics.items():
        digits = decimals((value for curve in lines for value in curve.median), 3)
        columns.append(Column(metric_title(metric), _shown_unit(units[metric]), digits))
        for row, known in zip(rows, spreads.values(), strict=True):
            row.append(known.get(metric))
    return table(columns, rows, caption)


def _shown_unit(unit: str) -> str:
    return "" if unit in ("", "1", "-") else unit

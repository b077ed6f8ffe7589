"""Records of a comparison, summed up as curves over sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Record = Mapping[str, Any]

TITLES = {
    "tau": "Kendall's\N{NO-BREAK SPACE}τ",
    "spearman": "Spearman's\N{NO-BREAK SPACE}ρ",
    "pearson": "Pearson's\N{NO-BREAK SPACE}r",
    "rmse": "RMSE",
    "rmse_standardised": "standardised RMSE",
    "mae": "MAE",
    "mape": "MAPE",
    "within10": "within ±10 %",
    "precision10": "precision@10",
    "regret10": "regret@10",
    "coverage90": "coverage of the 90 % interval",
    "fit_seconds": "fitting time",
    "share": "share of the true hypervolume",
}
"""How readers know the metrics; others go by the name in their records."""

KEYS = ("task", "method", "size", "seed", "metric", "value")


@dataclass(frozen=True)
class Words:
    """What a comparison calls what it compares.

    Attributes:
        page: Title of its page.
        title: Of its section.
        lead: What was done, in a sentence.
        figure: What a chart shows, before the name of its task.
        method: What is compared.
        sizes: What the curves run over.
    """

    page: str
    title: str
    lead: str
    figure: str
    method: str
    sizes: str


RANKING = Words(
    page="Rank correlation of predictors",
    title="Rank correlation",
    lead="Each predictor was trained on a few architectures and ranked the others.",
    figure="Prediction quality against training rows",
    method="predictor",
    sizes="training rows",
)
SEARCHING = Words(
    page="Evaluations that searches need",
    title="Search",
    lead="Each search asked the truth for a limited number of architectures.",
    figure="What was found against evaluations of the truth",
    method="search",
    sizes="evaluations",
)


def words_of(records: Sequence[Record]) -> Words:
    """``SEARCHING`` where some record says what was held, or after how many evaluations, ``RANKING`` elsewhere."""
    metrics = {str(record.get("metric")) for record in records}
    return SEARCHING if any(name == "share" or name.startswith("evaluations_to_") for name in metrics) else RANKING


@dataclass(frozen=True)
class Reference:
    """A value to hold curves against, such as a noise ceiling or a published result.

    Attributes:
        metric: As the records name it.
        value: In the unit of the metric.
        label: Shown beside the line.
        task: The only task it belongs to; empty for all.
    """

    metric: str
    value: float
    label: str
    task: str = ""


@dataclass(frozen=True)
class Curve:
    """One method's values of one metric over sizes, seeds summed up.

    Attributes:
        method: Who predicted, or searched.
        sizes: ``(S,)`` ascending.
        median: ``(S,)`` over seeds.
        low: ``(S,)`` smallest over seeds.
        high: ``(S,)`` largest over seeds.
        seeds: ``(S,)`` how many finite values there were.
        source: ``"published"`` or ``"measured"`` for what others reach; "" for what was compared here.
    """

    method: str
    sizes: list[float]
    median: list[float]
    low: list[float]
    high: list[float]
    seeds: list[int]
    source: str = ""


def task_names(records: Iterable[Record]) -> list[str]:
    """Tasks in the order of their first record.

    Raises:
        ValueError: A record lacks a key.
    """
    return list(dict.fromkeys(_checked(record, number)["task"] for number, record in enumerate(records)))


def metric_names(records: Iterable[Record], task: str) -> list[str]:
    """Metrics of ``task`` in the order of their first record.

    Raises:
        ValueError: A record lacks a key, or none is of ``task``.
    """
    found = [_checked(record, number) for number, record in enumerate(records)]
    names = list(dict.fromkeys(record["metric"] for record in found if record["task"] == task))
    if not names:
        raise ValueError(f"records hold nothing of task {task!r}; they hold {sorted({r['task'] for r in found})}")
    return names


def curves(records: Iterable[Record], task: str, metric: str) -> list[Curve]:
    """One curve for each method that has finite values of ``metric``, in the order of their first record."""
    values: dict[tuple[str, str], dict[float, list[float]]] = {}
    for record in records:
        if record["task"] == task and record["metric"] == metric:
            method = record["method"], str(record.get("source", ""))
            at = values.setdefault(method, {}).setdefault(float(record["size"]), [])
            if record["value"] is not None and np.isfinite(record["value"]):
                at.append(float(record["value"]))
    return [_curve(*method, sizes) for method, sizes in values.items() if any(sizes.values())]


def metric_title(metric: str) -> str:
    """The metric as readers know it."""
    return TITLES.get(metric, metric.replace("_", " "))


def _curve(method: str, source: str, values: Mapping[float, Sequence[float]]) -> Curve:
    sizes = sorted(size for size, found in values.items() if found)
    found = [values[size] for size in sizes]
    return Curve(
        method=f"{method} ({source})" if source else method,
        sizes=sizes,
        median=[float(np.median(each)) for each in found],
        low=[min(each) for each in found],
        high=[max(each) for each in found],
        seeds=[len(each) for each in found],
        source=source,
    )


def _checked(record: Record, number: int) -> Record:
    for key in KEYS:
        if key not in record:
            raise ValueError(f"record {number} lacks {key!r}; a record has {', '.join(KEYS)} and unit")
    return record

"""What is recorded of a run: how good its predictions are and how fast they came."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from archgraph import metrics
from archgraph.registry import UnknownNameError
from archgraph.typing import FloatArray

CORRELATIONS = ("tau", "spearman", "pearson")
RELATIVE = ("mape", "within10")
TOP = ("precision10", "regret10")
SPEEDS = ("fit_seconds", "archs_per_second")
METRICS = tuple(
    dict.fromkeys((*CORRELATIONS, "rmse", "rmse_standardised", *metrics.REGISTRY, *TOP, "coverage90", *SPEEDS))
)
"""Everything that can be recorded."""

DEFAULT_METRICS = ("tau", "spearman", "rmse", "within10", *TOP, "coverage90", *SPEEDS)

_UNITS = {"fit_seconds": "s", "archs_per_second": "1/s"}


def check_metrics(names: Iterable[str]) -> None:
    """Refuse what is not recorded.

    Raises:
        UnknownNameError: A name is none of ``METRICS``; the message lists them.
    """
    for name in names:
        if name not in METRICS:
            raise UnknownNameError("metric", name, METRICS)


def score(metric: str, predicted: FloatArray, measured: FloatArray, goal: str) -> float:
    """The value of a metric of ``(R,)`` predictions; the ten best are all rows where there are fewer.

    One row has no order: its correlations are NaN.
    """
    if metric in CORRELATIONS and len(measured) < 2:
        return float("nan")
    ten = min(10, len(measured))
    if metric == "precision10":
        return metrics.precision_at_k(predicted, measured, ten, goal)
    if metric == "regret10":
        return metrics.regret_at_k(predicted, measured, ten, goal)
    return metrics.REGISTRY.get(metric)(predicted, measured)


def scores(
    predicted: FloatArray, std: FloatArray | None, measured: FloatArray, trained: FloatArray, goal: str
) -> dict[str, float]:
    """Every metric of ``(R,)`` predictions but for the speeds, NaN where it is not defined.

    Args:
        predicted: ``(R,)``.
        std: ``(R,)`` standard deviations; None, and there is no coverage, where the predictor has none.
        measured: ``(R,)`` ground truth.
        trained: ``(n,)`` targets that were trained on; their deviation is the unit of ``rmse_standardised``.
        goal: ``"max"`` or ``"min"``.
    """
    zero = bool(np.any(measured == 0) or np.any(trained == 0))
    found = {
        metric: float("nan") if metric in RELATIVE and zero else score(metric, predicted, measured, goal)
        for metric in (*metrics.REGISTRY, *TOP)
    }
    deviation = float(np.std(trained))
    found["rmse_standardised"] = found["rmse"] / deviation if deviation else float("nan")
    found["coverage90"] = float("nan") if std is None else metrics.interval_coverage(predicted, std, measured)
    return found


def metric_unit(metric: str, unit: str) -> str:
    """The unit of ``metric`` for a target in ``unit``."""
    return unit if metric in ("rmse", "regret10") else _UNITS.get(metric, "")

from __future__ import annotations

import numpy as np
import pytest

from archgraph import metrics
from archgraph.bench.scores import METRICS, check_metrics, metric_unit, score, scores
from archgraph.registry import UnknownNameError


def test_every_metric_is_scored() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(1, 2, 30)
    guess = truth + rng.normal(0, 0.1, 30)
    found = scores(guess, np.full(30, 0.1), truth, np.array([1.0, 5.0]), "min")
    assert set(found) == set(METRICS) - {"fit_seconds", "archs_per_second"}
    assert found["tau"] == metrics.kendall_tau(guess, truth)
    assert found["rmse_standardised"] == pytest.approx(metrics.rmse(guess, truth) / 2)
    assert found["regret10"] == metrics.regret_at_k(guess, truth, 10, "min")
    assert found["precision10"] == metrics.precision_at_k(guess, truth, 10, "min")
    assert found["coverage90"] == metrics.interval_coverage(guess, np.full(30, 0.1), truth)


def test_what_is_not_defined_is_nan() -> None:
    found = scores(np.array([1.0]), None, np.array([0.0]), np.array([2.0, 2.0]), "max")
    undefined = {metric for metric, value in found.items() if np.isnan(value)}
    assert undefined == {
        "tau",
        "spearman",
        "pearson",
        "mape",
        "within10",
        "coverage90",
        "rmse_standardised",
    }
    assert found["rmse"] == 1


def test_of_fewer_than_ten_rows_all_are_the_best() -> None:
    assert score("precision10", np.arange(4.0), -np.arange(4.0), "max") == 1


def test_metrics_that_are_not_recorded_are_refused_and_all_are_named() -> None:
    check_metrics(METRICS)
    with pytest.raises(UnknownNameError) as refused:
        check_metrics(("tau", "within"))
    assert str(refused.value) == f"Unknown metric 'within'. Did you mean 'within10'? Known: {', '.join(METRICS)}."


def test_units() -> None:
    assert [metric_unit(m, "%") for m in ("rmse", "regret10", "tau", "fit_seconds", "archs_per_second")] == [
        "%", "%", "", "s", "1/s"
    ]  # fmt: skip

"""The Markdown of two predictors, one of them better, and of a peer."""

from __future__ import annotations

from typing import Any

import pytest

from archgraph.bench.comparison import comparison

Records = list[dict[str, Any]]


def _records(method: str, tau: float, seconds: float, sizes: tuple[int, ...] = (32, 1024), seeds: int = 10) -> Records:
    return [
        {"task": "t/x", "method": method, "size": size, "seed": seed, "metric": metric, "value": value, "unit": unit}
        for size in sizes
        for seed in range(seeds)
        for metric, value, unit in [
            ("tau", tau + size / 10_000 + seed / 100, ""),
            ("rmse", 1 - tau, "%"),
            ("fit_seconds", seconds, "s"),
        ]
    ]


@pytest.fixture
def peers() -> Records:
    peer = {"task": "t/x", "method": "They", "seed": None, "source": "published", "citation": "They, 2020"}
    return [
        peer | {"size": 32, "metric": "tau", "value": 0.8125, "unit": ""},
        peer | {"size": 1024, "metric": "fit_seconds", "value": 280.0, "unit": "s"},
    ]


def test_medians_ranges_the_best_in_bold_and_peers(peers: Records) -> None:
    records = _records("worse", 0.5, 1) + _records("better", 0.6, 2)
    assert comparison(records, peers).splitlines() == [
        "t/x",
        "",
        "| predictor | tau at 32 | tau at 1,024 |",
        "| --- | ---: | ---: |",
        "| better | **0.648** (0.603 to 0.693) | **0.747** (0.702 to 0.792) |",
        "| worse | 0.548 (0.503 to 0.593) | 0.647 (0.602 to 0.692) |",
        "| They (published) | 0.812 |  |",
        "",
        "| at 32 / 1,024 rows | fit (s) |",
        "| --- | ---: |",
        "| better | 2.0 / 2.0 |",
        "| worse | 1.0 / 1.0 |",
        "| They (published) | – / 280.0 |",
        "",
        "- They (published): They, 2020.",
    ]


def test_less_may_be_better_and_first_metrics_are_chosen() -> None:
    text = comparison(_records("worse", 0.5, 1) + _records("better", 0.6, 2), metrics={"t/x": ["rmse", "pearson"]})
    assert "| predictor | rmse (%) at 32 | rmse (%) at 1,024 |" in text
    assert text.index("| better | **0.400** (0.400 to 0.400)") < text.index("| worse | 0.500")
    assert "tau" not in text


def test_the_other_metrics_are_chosen_and_those_without_a_value_left_out() -> None:
    records = _records("only", 0.5, 1)
    undefined = [record | {"metric": "mape", "value": None} for record in records if record["metric"] == "tau"]
    lines = comparison([*undefined, *records], details=("tau", "mape", "rmse")).splitlines()
    assert lines[2].startswith("| predictor | tau at 32 |")
    assert [line for line in lines if "rows" in line] == ["| at 32 / 1,024 rows | rmse (%) |"]
    assert lines[-1] == "| only | 0.500 / 0.500 |"


def test_a_study_that_is_not_done_yet() -> None:
    records = _records("done", 0.5, 1, seeds=1) + _records("begun", 0.9, 1, sizes=(32,), seeds=1)
    rows = [line for line in comparison(records).splitlines() if line.startswith(("| done", "| begun"))]
    assert rows[:2] == ["| done | 0.503 | **0.602** |", "| begun | **0.903** |  |"]
    assert rows[3] == "| begun | 1.0 / – |"

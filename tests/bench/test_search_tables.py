"""Tables of searches."""

from __future__ import annotations

from typing import Any

import pytest

from archgraph.bench.search_tables import search_tables

Records = list[dict[str, Any]]


def _records(method: str, evaluations: list[int | None], budget: int = 200) -> Records:
    """Runs that held 98 % after so many evaluations, and .9 and .97 after 25 and 50."""
    found: Records = []
    for seed, value in enumerate(evaluations):
        keys = {"task": "cells", "method": method, "seed": seed, "unit": ""}
        found.append(keys | {"size": budget, "metric": "evaluations_to_98", "value": value})
        found += [keys | {"size": size, "metric": "share", "value": share} for size, share in ((25, 0.9), (50, 0.97))]
        found.append(keys | {"size": budget, "metric": "own_seconds", "value": 0.25, "unit": "s"})
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_line_for_each_search() -> None:
    (shown,) = search_tables([*_records("ours", [40, 60, 50]), *_records("theirs", [None, 90, None])], (25, 50, 500))
    header, _, ours, theirs = map(_cells, shown.splitlines())
    assert header == ["cells", "seeds", "to 98 %", "share after 25", "share after 50", "s"]
    assert ours == ["ours", "3", "50", "0.9000", "0.9700", "0.250"]
    assert theirs[:3] == ["theirs", "3", "> 200"]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (list(range(1, 101)), "mean 50, 95 % 95"),
        ([10] * 98 + [None] * 2, "median 10, 2 never"),
        ([10] * 40 + [None] * 60, "median > 200, 60 never"),
    ],
)
def test_many_seeds_have_a_mean_and_late_searches(values: list[int | None], shown: str) -> None:
    assert _cells(search_tables(_records("ours", values), ())[0].splitlines()[2])[2] == shown


def test_the_last_fifth_has_a_column_where_it_is_known() -> None:
    own = [r for r in _records("ours", [1]) if r["metric"] == "own_seconds"]
    late = [r | {"metric": "late_seconds", "value": 0.5, "method": name} for r in own for name in ("ours", "some")]
    records = [*_records("ours", [1]), *_records("some", [1, 2]), *_records("theirs", [2]), *late]
    header, _, *rows = map(_cells, search_tables(records, ())[0].splitlines())
    assert header[-1] == "s, last fifth"
    assert [row[-2:] for row in rows] == [["0.250", "0.500"], ["0.250", ""], ["0.250", ""]]


def test_what_was_guided_is_a_sentence() -> None:
    keys = {"task": "cells", "method": "guided", "seed": 0, "unit": ""}
    guided = [
        keys | {"size": 20, "metric": "share", "value": 0.98},
        keys | {"size": 22, "metric": "own_seconds", "value": 1.0},
    ]
    _, told = search_tables([*_records("ours", [40]), *guided], (25,))
    assert told == "cells: guided by predictors of 300, the 20 that are verified hold 0.9800"
    assert search_tables(guided, ()) == [told]

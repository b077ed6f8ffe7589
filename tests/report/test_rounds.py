"""Searches in rounds on a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archgraph.evaluators import Costs, Evaluation
from archgraph.report import rounds, write_study_page
from archgraph.report.group import Group
from archgraph.report.quantity import Quantity
from archgraph.report.rounds import round_ends, rounds_section
from archgraph.search import Study, search
from archgraph.spaces import SearchSpace

if TYPE_CHECKING:
    from playwright.sync_api import Page

# accuracy and milliseconds; the last breaks the bound of 4 ms
TRUTH = [(90.0, 2.0), (92.0, 4.0), (91.0, 3.0), (89.0, 2.5), (99.0, 5.0)]


@pytest.fixture
def searched(empty_study: Study, genotypes: np.ndarray) -> Study:
    """Two by chance, then three by predictions, of which one failed to be verified."""
    nothing = Evaluation({"acc": [np.nan] * 2, "ms": [np.nan] * 2})
    empty_study.add("chosen", 0, genotypes[:2], nothing, "random")
    guess = {"acc": [92.0, 91.0, 91.0, 90.0], "ms": [3.0] * 4}
    std = {"acc": [0.5] * 4}
    empty_study.add("chosen", 1, genotypes[2:6], Evaluation(guess, std=std), "predicted+costs")
    for row, (acc, ms) in enumerate(TRUTH):
        empty_study.add("verified", row, genotypes[[row]], Evaluation({"acc": [acc], "ms": [ms]}), "table")
    failed = Evaluation({"acc": [np.nan], "ms": [np.nan]}, {0: "no memory"})
    empty_study.add("verified", 5, genotypes[[5]], failed, "table")
    return empty_study


@pytest.fixture
def nb201_study(nb201: SearchSpace) -> Study:
    """Few parameters against many activations, which formulas tell: one by chance, then in rounds."""
    goals = ["params:min", "activation_bytes:max"]
    return search(nb201, goals, verifier=Costs(nb201), strategy="iterative", budget=6, candidates=300)


def _section(study: Study, quantities: list[Quantity]) -> str:
    section = rounds_section(study, [Group("verified", "Verified", ["x"])], quantities)
    assert section is not None
    return section.body


def _spec(body: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', body)
    assert found is not None
    return dict(json.loads(found[1]))


def test_shares_by_hand(searched: Study, quantities: list[Quantity]) -> None:
    spec = _spec(_section(searched, quantities))
    # of what keeps the bound accuracy goes from 92 to 89 and time from 2 to 4, so the first is at (2/3, 0), the second
    # at (0, 1), the third at (1/3, 1/2), all counted up to 1.1
    first = (1.1 - 2 / 3) * 1.1
    second = first + (2 / 3) * 0.1
    third = second + (1.1 - 1 / 3) * (1.1 - 1 / 2) - (1.1 - 2 / 3) * (1.1 - 1 / 2) - (1.1 - 1 / 3 - (1.1 - 2 / 3)) * 0.1
    shares = np.array([first, second, third, third, third, third]) / third
    assert spec["held"] == pytest.approx(100 * shares, abs=1e-3)
    assert spec["rounds"] == [1, 1, 2, 2, 2, 2]
    assert spec["columns"] == ["acc", "ms"]


def test_a_row_for_each_round(searched: Study, quantities: list[Quantity]) -> None:
    body = _section(searched, quantities)
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)[1:]]
    assert [row[:4] for row in rows] == [["1", "2", "chance", "0"], ["2", "4", "what it should add", "1"]]
    # errors of the second: 1, 2 and -8; latencies are not predicted with a deviation
    assert [len(row) for row in rows] == [7, 7]
    assert rows[0][4:6] == ["–", "–"]
    assert [float(cell.replace("−", "-")) for cell in rows[1][4:6]] == pytest.approx([-5 / 3, 23**0.5], abs=0.05)
    assert [row[6] for row in rows][1] == "100.00"


def test_a_search_that_learns_says_why_it_asked(nb201_study: Study, quantities: list[Quantity]) -> None:
    body = _section(nb201_study, quantities)
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)[1:]]
    assert [row[2] for row in rows] == ["chance", *["what it should add"] * (len(rows) - 1)]
    assert len(rows) > 2


def test_searchers_that_predict_nothing_are_named(empty_study: Study, genotypes: np.ndarray, quantities: Any) -> None:
    for step in range(2):
        nothing = Evaluation({"acc": [np.nan], "ms": [np.nan]})
        empty_study.add("chosen", step, genotypes[[step]], nothing, "evolution")
        empty_study.add("verified", step, genotypes[[step]], Evaluation({"acc": [90.0], "ms": [3.0]}), "table")
    assert _section(empty_study, quantities).count(">evolution<") == 2


def test_many_rounds_have_no_table(
    searched: Study, quantities: list[Quantity], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST_ROUNDS", 1)
    assert "<table" not in _section(searched, quantities)


def test_one_round_or_none_makes_no_section(study: Study, empty_study: Study, quantities: list[Quantity]) -> None:
    assert rounds_section(study, [], quantities) is None
    assert rounds_section(empty_study, [], quantities) is None


def test_a_search_that_found_nothing_holds_nothing(
    empty_study: Study, genotypes: np.ndarray, quantities: list[Quantity]
) -> None:
    for step in range(2):
        nothing = Evaluation({"acc": [np.nan], "ms": [np.nan]}, {0: "no memory"})
        empty_study.add("chosen", step, genotypes[[step]], nothing, "random")
        empty_study.add("verified", step, genotypes[[step]], nothing, "table")
    assert _spec(_section(empty_study, quantities))["held"] == [0.0, 0.0]


def test_ends_of_rounds(searched: Study, empty_study: Study, genotypes: np.ndarray) -> None:
    assert round_ends(searched) == [2, 6]
    alone = Study(settings=empty_study.settings)
    assert round_ends(alone) == []
    alone.add("chosen", 0, genotypes[:2], Evaluation({"acc": [90.0, 91.0], "ms": [2.0, 3.0]}), "x")
    alone.add("verified", 0, genotypes[:2], Evaluation({"acc": [90.0, 91.0], "ms": [2.0, 3.0]}), "x")
    assert round_ends(alone) == []


def test_the_front_goes_back_in_time(open_page: Callable[..., Page], searched: Study, nb201: SearchSpace) -> None:
    page = open_page(lambda path: write_study_page(path, searched, nb201))
    figure = page.locator('figure[data-kind="front"]')
    slider = figure.locator('input[name="round"]')

    def verified() -> int:
        points = "figure => figure.querySelector('.plot').data.filter(trace => trace.mode === 'markers')"
        counts = figure.evaluate(
            f"figure => ({points})(figure).map(trace => trace.marker.size === 10 ? trace.x.length : 0)"
        )
        return max(counts)

    assert figure.locator("output").inner_text() == "2 of 2, 6 verified"
    assert verified() == 5
    slider.fill("1")
    assert figure.locator("output").inner_text() == "1 of 2, 2 verified"
    assert verified() == 2
    slider.fill("2")
    assert verified() == 5


def test_the_chart_tells_what_each_evaluation_brought(
    open_page: Callable[..., Page],
    point: Callable[..., tuple[float, float]],
    searched: Study,
    nb201: SearchSpace,
) -> None:
    page = open_page(lambda path: write_study_page(path, searched, nb201))
    figure = page.locator('figure[data-kind="rounds"]')
    assert figure.locator(".legend button").all_inner_texts() == ["Adds to what was held", "Adds nothing"]
    held = _spec(Path(page.url.removeprefix("file://")).read_text("utf-8").partition('data-kind="rounds"')[2])["held"]
    page.mouse.move(*point(figure, 3, held[2]))
    tip = page.locator("#tooltip.shown")
    assert nb201.format(searched.records("verified").genotypes[2]) in tip.inner_text()
    assert "3, round 2" in tip.inner_text()
    page.mouse.click(*point(figure, 3, held[2]))
    assert page.locator("#panel, .panel").first.is_visible()

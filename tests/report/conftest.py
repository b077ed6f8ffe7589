"""A study and a page with numbers that are easy to follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import Evaluation
from archgraph.report.group import Group
from archgraph.report.quantity import Quantity
from archgraph.search import Study
from archgraph.spaces import SearchSpace, space

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ACC = [90.0, 91.0, 92.0, 93.0]
MS = [1.0, 2.0, 3.0, 2.5]


@pytest.fixture(scope="session")
def nb201() -> SearchSpace:
    return space("nb201")


@pytest.fixture(scope="session")
def genotypes(nb201: SearchSpace) -> np.ndarray:
    """``(40, G)`` distinct architectures."""
    return nb201.sample_distinct(40, np.random.default_rng(0))


@pytest.fixture
def empty_study() -> Study:
    settings = {
        "space": "nb201",
        "choices": {"a": 5, "b": 5},
        "objectives": ["acc:max", "ms:min:<=4.0"],
        "constraints": [],
        "strategy": "guided",
        "seed": 7,
    }
    return Study(settings=settings)


@pytest.fixture
def scored_study(empty_study: Study, genotypes: np.ndarray) -> Study:
    """Thirty candidates; the fourth is predicted best in both objectives."""
    acc = np.linspace(80, 94, 30)
    ms = np.linspace(2, 5, 30)
    acc[3], ms[3] = 95.0, 1.5
    empty_study.add("predicted", 0, genotypes[:30], Evaluation({"acc": acc, "ms": ms}), "predicted")
    return empty_study


@pytest.fixture
def study(scored_study: Study, genotypes: np.ndarray) -> Study:
    """Five were chosen, four verified (the third is beaten by the fourth), and two random ones verified."""
    guess = {"acc": [90.5, 91.5, 91.0, 93.5, 90.0], "ms": [1.1, 2.1, 3.1, 2.6, 2.0]}
    std = {"acc": [0.5] * 5, "ms": [0.1] * 5}
    scored_study.add("chosen", 0, genotypes[:5], Evaluation(guess, std=std), "predicted")
    for row in range(4):
        found = Evaluation({"acc": [ACC[row]], "ms": [MS[row]], "test_acc": [ACC[row] - 1]})
        scored_study.add("verified", row, genotypes[[row]], found, "supernet", seconds=2.0)
    scored_study.add("random", 0, genotypes[30:32], Evaluation({"acc": [85.0, 80.0], "ms": [3.0, 3.5]}), "supernet")
    return scored_study


@pytest.fixture
def table(nb201: SearchSpace, genotypes: np.ndarray) -> ArchTable:
    columns = {"acc": np.linspace(70, 92, 40), "ms": np.linspace(1.2, 6, 40)}
    return ArchTable(nb201, genotypes, columns, units={"acc": "%", "ms": "ms"}, source={"name": "hand-made"})


@pytest.fixture
def quantities() -> list[Quantity]:
    return [Quantity("acc", "%", "max", "accuracy"), Quantity("ms", "ms", "min", "latency")]


@pytest.fixture
def verified() -> Group:
    """Three architectures, the second beaten by the third; predicted 1 too high, once exactly, 1 too low."""
    return Group(
        "verified",
        "Verified",
        ["first", "second", "third"],
        predicted={"acc": [91.0, 90.0, 92.0]},
        measured={"acc": [90.0, 90.0, 93.0], "ms": [1.0, 3.0, 2.0]},
        front=[True, False, True],
        drawings=['<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>', None, None],
    )


@pytest.fixture
def records() -> list[dict[str, Any]]:
    """Two methods, two sizes, three seeds; medians of tau .5 and .7, .6 and .8."""
    return [
        {"task": "t", "method": m, "size": n, "seed": s, "metric": k, "value": scale * (v + s / 100), "unit": unit}
        for m, n, v in [("xgb", 32, 0.49), ("xgb", 512, 0.69), ("gnn", 32, 0.59), ("gnn", 512, 0.79)]
        for k, scale, unit in [("tau", 1.0, "1"), ("rmse", 2.0, "%")]
        for s in range(3)
    ]


@pytest.fixture
def point() -> Callable[..., Sequence[float]]:
    """Scrolls a chart into view and tells where on the screen it draws a place in its data."""

    def find(chart: Locator, x: float, y: float) -> tuple[float, float]:
        place = chart.locator(".plot").evaluate(
            """(plot, [x, y]) => {
                plot.scrollIntoView({ block: "center", behavior: "instant" });
                const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
                const [[x0, x1], [y0, y1]] = [plot.layout.xaxis.range, plot.layout.yaxis.range];
                return [box.left + (x - x0) / (x1 - x0) * box.width, box.bottom - (y - y0) / (y1 - y0) * box.height];
            }""",
            [x, y],
        )
        return place[0], place[1]

    return find


@pytest.fixture
def open_page(page: Page, tmp_path: Path) -> Callable[[Callable[[Path], None]], Page]:
    """Write a page and open it once its charts are drawn."""

    def call(write: Callable[[Path], None]) -> Page:
        path = tmp_path / "report.html"
        write(path)
        page.set_default_timeout(120_000)  # machines that run tests are often busy
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        return page

    return call

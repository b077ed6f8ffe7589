from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archgraph.report import Reference, rank_section, write_rank_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

Records = list[dict[str, Any]]


def _spec(body: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', body)
    assert found is not None
    return dict(json.loads(found[1]))


def test_curves_and_references_reach_the_chart(records: Records) -> None:
    references = [Reference("tau", 0.9, "ceiling"), Reference("tau", 0.8, "elsewhere", task="other")]
    tau, rmse = _spec(rank_section(records, references).body)["metrics"]
    assert tau["title"] == "Kendall's\N{NO-BREAK SPACE}τ"
    assert tau["references"] == [{"label": "ceiling", "value": 0.9}]
    assert tau["curves"][0] == {
        "method": "xgb",
        "sizes": [32.0, 512.0],
        "median": [0.5, 0.7],
        "low": [0.49, 0.69],
        "high": [0.51, 0.71],
        "seeds": [3, 3],
        "source": "",
    }
    assert (rmse["unit"], rmse["references"]) == ("%", [])


def test_the_table_holds_every_metric(records: Records) -> None:
    body = rank_section(records).body
    rows = re.findall(r"<tr><th scope=\"row\">(\w+)</th>(.*?)</tr>", body)
    assert [name for name, _ in rows] == ["xgb", "xgb", "gnn", "gnn"]
    assert re.findall(r'data-value="([\d.]+)"', rows[0][1]) == ["32.0", "3.0", "0.25", "0.5", "1.0"]
    assert '0.500 <span class="spread">0.490 to 0.510</span>' in rows[0][1]


@pytest.mark.parametrize("metric", ["share", "evaluations_to_99"])
def test_searches_are_called_by_their_own_words(records: Records, metric: str, tmp_path: Path) -> None:
    searches = [record | {"metric": metric} for record in records if record["metric"] == "tau"]
    write_rank_page(tmp_path / "page.html", searches)
    assert "<h1>Evaluations that searches need</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")
    section = rank_section(searches)
    assert section.title == "Search"
    spec = _spec(section.body)
    assert (spec["method"], spec["sizes"]) == ("search", "evaluations")
    assert "training rows" not in section.body
    assert "predictor" not in section.body


def test_what_others_reach_is_dashed_cited_and_not_tested(records: Records) -> None:
    cited = {"method": "They", "seed": None, "metric": "tau", "source": "published", "citation": "They & al., 2020"}
    theirs = [{"task": "t", "size": size, "value": value, **cited} for size, value in ((32, 0.55), (512, 0.9))]
    body = rank_section(records + theirs).body
    curves = _spec(body)["metrics"][0]["curves"]
    assert [(curve["method"], curve["source"]) for curve in curves] == [
        ("xgb", ""),
        ("gnn", ""),
        ("They (published)", "published"),
    ]
    assert "bands reach from the worst seed to the best. Dashed is what others reach." in body
    assert "<li>They (published): They &amp; al., 2020</li>" in body
    row = re.search(r'<th scope="row">They \(published\)</th>(.*?)</tr>', body)
    assert row is not None
    assert re.findall(r'data-value="([\d.]+)"', row[1]) == ["32.0", "0.55"]


def test_the_paired_test_is_against_the_best_of_the_same_rows(records: Records) -> None:
    body = rank_section(records).body
    rows = re.findall(r"<tr><th scope=\"row\">(\w+)</th>(.*?)</tr>", body)
    # three seeds that all say the same: 2 of 8 sign patterns; the better one has no p
    assert [re.findall(r"<td[^>]*>(.*?)</td>", cells)[2] for _, cells in rows] == ["0.250", "0.250", "–", "–"]
    assert "p of the paired test against the best" in body
    alone = [record for record in records if record["method"] == "xgb"]
    assert "paired test" not in rank_section(alone).body


@pytest.mark.parametrize(
    ("sizes", "seeds", "text"),
    [
        ((32, 512), 3, "Lines join medians over seeds; bands reach from the worst seed to the best."),
        ((32, 512), 1, "Lines join what one seed gave."),
        ((512,), 3, "Points are medians; bars reach from the worst seed to the best."),
        ((512,), 1, "Points are what one seed gave."),
    ],
)
def test_the_caption_says_what_is_drawn(records: Records, sizes: tuple[int, ...], seeds: int, text: str) -> None:
    some = [record for record in records if record["size"] in sizes and record["seed"] < seeds]
    assert f"<figcaption>{text}</figcaption>" in rank_section(some).body


def test_no_finite_value_is_refused(records: Records) -> None:
    with pytest.raises(ValueError, match="no record of task 't' has a finite value"):
        rank_section([{**record, "value": None} for record in records])


def test_no_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one record"):
        write_rank_page(tmp_path / "page.html", [])
    assert not list(tmp_path.iterdir())


def test_choosing_a_metric_and_hiding_a_curve(
    open_page: Callable[..., Page], records: Records, point: Callable[..., tuple[float, float]]
) -> None:
    alone = [{**record, "task": "one size"} for record in records if record["size"] == 32]

    def write(path: Path) -> None:
        write_rank_page(path, records + alone, [Reference("tau", 0.9, "a <b>ceiling</b>")], date="1 May")

    page = open_page(write)
    chart, single = page.locator("figure[data-kind=rank]").all()
    assert single.locator(".xtick text").all_text_contents() == ["xgb", "gnn"]
    assert single.locator(".xtitle").text_content() == "predictor, 32 training rows"
    assert chart.locator(".ytitle").text_content() == "Kendall's\N{NO-BREAK SPACE}τ"
    assert "a <b>ceiling</b>" in chart.locator(".shapelayer").all_text_contents()[-1]
    page.mouse.move(*point(chart, 5 * 0.30103, 0.5))
    tooltip = page.locator("#tooltip.shown")
    assert tooltip.locator("strong").inner_text() == "xgb"
    assert "0.490 to 0.510" in tooltip.inner_text()
    chart.get_by_label("Metric").select_option("1")
    assert chart.locator(".ytitle").text_content() == "RMSE (%)"
    assert chart.locator(".point").count() == 4
    chart.get_by_role("button", name="gnn").click()
    assert chart.locator(".point").count() == 2
    assert chart.get_by_role("button", name="gnn").get_attribute("aria-pressed") == "false"

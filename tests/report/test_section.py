from __future__ import annotations

import json
import re

from archgraph.report.section import CHART, Section, chart, lead


def test_charts_carry_their_data_and_say_what_they_show() -> None:
    found = chart("front", {"x": "</script>", "y": "acc"}, "accuracy & latency", "Look here.")
    spec = re.search(r'<script type="application/json">(.*?)</script>', found)
    assert spec is not None
    assert json.loads(spec[1]) == {"x": "</script>", "y": "acc"}
    assert found.startswith(CHART)
    assert 'data-kind="front"' in found
    assert 'aria-label="accuracy &amp; latency"' in found
    assert "<figcaption>Look here.</figcaption>" in found


def test_leads_are_escaped() -> None:
    assert Section("A", lead("1 < 2")).body == '<p class="lead">1 &lt; 2</p>'

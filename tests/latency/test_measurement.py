from __future__ import annotations

from archgraph.latency.measurement import Measurement, spelt


def test_its_parts_have_names() -> None:
    assert Measurement(2.0, 0.1, 0.05, 54)._asdict() == {"median": 2.0, "spread": 0.1, "half_width": 0.05, "runs": 54}


def test_units_are_spelt() -> None:
    assert [spelt(unit) for unit in ("ms", "mJ")] == ["milliseconds", "mJ"]

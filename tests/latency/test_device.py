"""What devices share."""

from __future__ import annotations

import pytest

from archgraph.latency import Device


def test_a_device_must_measure_and_describe_itself() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Device()  # type: ignore[abstract]  # that it is abstract is the test

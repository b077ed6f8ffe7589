from __future__ import annotations

import re

from archgraph.report.agreement import agreement_section
from archgraph.report.group import Group
from archgraph.report.quantity import Quantity


def test_bias_rmse_and_tau_by_hand(quantities: list[Quantity]) -> None:
    # Errors are 1, 1 and -1: mean 1/3, root mean square 1. Two of three pairs are ordered alike: tau 1/3.
    group = Group("verified", "Verified", list("abc"), {"acc": [3.0, 5.0, 4.0]}, {"acc": [2.0, 4.0, 5.0]})
    section = agreement_section([group], quantities)
    assert section is not None
    assert re.findall(r">(−?[\d.]+)</td>", section.body) == ["3", "0.3", "1.0", "0.333"]
    assert section.body.count("<figure") == 1


def test_architectures_that_failed_are_left_out(quantities: list[Quantity]) -> None:
    nan = float("nan")
    group = Group("verified", "Verified", list("abc"), {"acc": [3.0, 5.0, nan]}, {"acc": [2.5, nan, 1.0]})
    section = agreement_section([group], quantities)
    assert section is not None
    assert re.findall(r">(−?[\d.]+|–)</td>", section.body) == ["1", "0.5000", "0.5000", "–"]


def test_nothing_to_compare_makes_no_section(quantities: list[Quantity]) -> None:
    group = Group("verified", "Verified", ["a"], {"acc": [3.0]}, {"ms": [2.5]})
    assert agreement_section([group], quantities) is None

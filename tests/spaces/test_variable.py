"""A variable is a name and its choices."""

from __future__ import annotations

from archgraph.spaces import Variable


def test_length_is_the_number_of_choices() -> None:
    assert len(Variable("kernel", (3, 5, 7))) == 3
    assert Variable("kernel", (3, 5)) == Variable("kernel", (3, 5))

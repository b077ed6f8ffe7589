"""Work of operators, by hand."""

from __future__ import annotations

import pytest

from archgraph.latency.operator_work import operator_work

CONV = "input c_out=4,height=8,width=8 > conv kernel=3,stride=2,c_out=6,height=4,width=4 > batch_norm > relu"
SUM = "input c_out=4,height=8,width=8 > input c_out=4,height=8,width=8 > add@0,1"
LINEAR = "input c_out=10 > linear c_out=2,bias=1"


def test_amounts_and_shapes() -> None:
    work = operator_work([CONV, SUM, LINEAR])
    assert work.kinds == ["conv+batch_norm+relu", "add", "linear"]
    assert work.firsts == ["conv", "add", "linear"]
    weights = 3 * 3 * 4 * 6
    assert work.amounts.tolist() == [
        [1, weights * 16, 4 * (4 * 64 + 6 * 16 + weights + 2 * 6), 4 * 3 * 6 * 16],
        [1, 0, 4 * 3 * 4 * 64, 4 * 4 * 64],
        [1, 20, 4 * (10 + 2 + 22), 4 * 2],
    ]
    three, six = 1.584962500721156, 2.584962500721156
    assert work.shapes[0].tolist() == pytest.approx([three, 1, 0, 2, six, 0, 6, 4, 0])
    assert work.shapes[1].tolist() == [0, 0, 0, 2, 2, 0, 6, 6, 1]


def test_what_is_no_operator() -> None:
    with pytest.raises(ValueError, match="'conv' is no operator"):
        operator_work(["conv"])

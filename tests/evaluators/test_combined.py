import numpy as np
import pytest

from archgraph.evaluators import Combined, Evaluation, Evaluator, Only
from archgraph.registry import UnknownNameError


class Given(Evaluator):
    """Answers the first gene times a number."""

    def __init__(self, name: str, **factors: float) -> None:
        self.name = name
        self.columns = tuple(factors)
        self.factors = factors

    def evaluate(self, genotypes: object) -> Evaluation:
        first = np.asarray(genotypes)[:, 0]
        values = {column: first * factor for column, factor in self.factors.items()}
        return Evaluation(values, {0: f"{self.name} failed"}, dict.fromkeys(self.factors, first))


def test_columns_of_all() -> None:
    both = Combined(Given("net", acc=2.0), Given("device", ms=3.0))
    assert both.columns == ("acc", "ms")
    assert both.name == "net+device"
    found = both.evaluate([[1], [2]])
    assert found["acc"].tolist() == [2.0, 4.0]
    assert found["ms"].tolist() == [3.0, 6.0]
    assert found.reasons == {0: "net failed; device failed"}


def test_no_column_twice() -> None:
    with pytest.raises(ValueError, match="column 'ms' is answered by two evaluators"):
        Combined(Given("a", ms=1.0), Given("b", ms=1.0))
    with pytest.raises(ValueError, match="evaluators must hold at least one"):
        Combined()


def test_who_is_asked_for_what_all_know() -> None:
    one, other, any_of_them = Given("a", acc=1.0), Given("b", ms=1.0), Given("c", mj=1.0)
    rows, others = np.array([[0, 1], [2, 3], [4, 5]]), np.array([[4, 5], [7, 8], [2, 3]])
    one.answerable_for, other.answerable_for = lambda columns: rows, lambda columns: others
    assert Combined(any_of_them).answerable_for(["mj"]) is None
    assert Combined(one, any_of_them).answerable_for(["mj"]) is None
    assert Combined(one, any_of_them).answerable_for(["mj", "acc"]) is rows
    assert Only(Combined(one, any_of_them), ["mj"]).answerable_for(["mj", "acc"]) is None
    both = Combined(one, any_of_them, other).answerable_for(["acc", "ms"])
    assert both is not None
    assert both.tolist() == [[2, 3], [4, 5]]


def test_a_failure_is_that_of_its_columns() -> None:
    class Faulty(Given):
        def evaluate(self, genotypes: object) -> Evaluation:
            return Evaluation({"ms": [np.nan, 1.0], "mj": [2.0, np.inf]}, {0: "no clock", 1: "no meter"})

    rows = np.zeros((2, 1))
    both = Faulty("device", ms=1.0, mj=1.0)
    assert Only(both, ["ms"]).evaluate(rows).reasons == {0: "no clock"}
    assert Only(both, ["mj"]).evaluate(rows).reasons == {1: "no meter"}
    assert Only(both, ["mj", "ms"]).evaluate(rows).reasons == {0: "no clock", 1: "no meter"}


def test_who_breaks_a_promise_is_named() -> None:
    short = Given("short", ms=1.0)
    short.evaluate = lambda genotypes: Evaluation({"ms": [1.0]})
    with pytest.raises(ValueError, match="evaluator 'short' gave 1 values of 2 architectures"):
        Combined(Given("net", acc=2.0), short).evaluate([[1], [2]])
    with pytest.raises(ValueError, match="evaluator 'short' gave 1 values of 2 architectures"):
        Only(short, ["ms"]).evaluate([[1], [2]])


def test_a_clock_among_them_is_told() -> None:
    clock = Given("device", ms=1.0)
    clock.clocks = True
    assert not Combined(Given("net", acc=2.0)).clocks
    assert Combined(Given("net", acc=2.0), clock).clocks
    assert Only(clock, ["ms"]).clocks


def test_only_some_columns() -> None:
    some = Only(Given("device", ms=3.0, mj=4.0), ["mj"])
    assert some.columns == ("mj",)
    found = some.evaluate([[1]])
    assert list(found) == ["mj"]
    assert list(found.std) == ["mj"]
    assert found.reasons == {}
    with pytest.raises(UnknownNameError, match="Did you mean 'mj'"):
        Only(Given("device", mj=4.0), ["mjs"])

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
    one.answerable, other.answerable = np.array([[0, 1], [2, 3], [4, 5]]), np.array([[4, 5], [7, 8], [2, 3]])
    assert Combined(any_of_them).answerable is None
    assert Only(Combined(one, any_of_them), ["mj"]).answerable is one.answerable
    both = Combined(one, any_of_them, other).answerable
    assert both is not None
    assert both.tolist() == [[2, 3], [4, 5]]


def test_only_some_columns() -> None:
    some = Only(Given("device", ms=3.0, mj=4.0), ["mj"])
    assert some.columns == ("mj",)
    found = some.evaluate([[1]])
    assert list(found) == ["mj"]
    assert list(found.std) == ["mj"]
    assert found.reasons == {0: "device failed"}
    with pytest.raises(UnknownNameError, match="Did you mean 'mj'"):
        Only(Given("device", mj=4.0), ["mjs"])

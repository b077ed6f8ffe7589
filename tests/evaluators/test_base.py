"""What every evaluator keeps to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from archgraph.evaluators import Evaluation, Evaluator, evaluate_each
from archgraph.evaluators.base import asked


def measure(genotype: np.ndarray) -> dict[str, float]:
    if genotype[0] == 1:
        raise RuntimeError("out of memory\nby 3 GB")
    return {"ms": float(genotype[0]), "mb": np.inf if genotype[0] == 2 else 1.0}


def test_one_failure_does_not_stop_the_others() -> None:
    found = evaluate_each(("ms", "mb"), np.array([[0], [1], [2]]), measure)
    np.testing.assert_array_equal(found["ms"], [0.0, np.nan, 2.0])
    np.testing.assert_array_equal(found["mb"], [1.0, np.nan, np.nan])
    assert found.reasons == {1: "RuntimeError: out of memory", 2: "mb is inf"}


def test_mistakes_in_the_program_pass_through() -> None:
    with pytest.raises(KeyError):
        evaluate_each(("gflops",), np.array([[0]]), measure)


class Careless(Evaluator):
    """Answers whatever it was made with."""

    name, columns = "careless", ("ms", "mb")

    def __init__(self, **values: list[float]) -> None:
        self.values = values

    def evaluate(self, genotypes: Any) -> Evaluation:
        return Evaluation(self.values)


def test_answers_are_held_against_promises() -> None:
    rows = np.zeros((2, 3), dtype=int)
    found = asked(Careless(ms=[1.0, np.inf], mb=[2.0, 3.0]), rows)
    np.testing.assert_array_equal(found["ms"], [1.0, np.nan])
    assert found.reasons == {1: "ms is inf"}
    with pytest.raises(ValueError, match="evaluator 'careless' answered ms, mib, but not its column 'mb'; correct it"):
        asked(Careless(ms=[1.0, 2.0], mib=[1.0, 2.0]), rows)
    with pytest.raises(ValueError, match="evaluator 'careless' gave 3 values of 2 architectures; let it give one for"):
        asked(Careless(ms=[1.0, 2.0, 3.0], mb=[1.0, 2.0, 3.0]), rows)


class Plain(Evaluator):
    """Answers with no evaluation."""

    name, columns = "plain", ("ms",)

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def evaluate(self, genotypes: Any) -> Any:
        return self.answer


def test_a_mapping_is_an_evaluation_and_nothing_else_is() -> None:
    rows = np.zeros((2, 3), dtype=int)
    found = asked(Plain({"ms": [1, np.nan]}), rows)
    assert (found["ms"][0], found.reasons) == (1.0, {1: "ms is nan"})
    with pytest.raises(
        ValueError, match="evaluator 'plain' answered a list; let it return an Evaluation, column to val"
    ):
        asked(Plain([1.0, 2.0]), rows)
    with pytest.raises(
        ValueError, match=r"evaluator 'plain': the columns .* shape \(B,\), but have ms \(2,\), mb \(1,\)"
    ):
        asked(Plain({"ms": [1.0, 2.0], "mb": [1.0]}), rows)
    with pytest.raises(ValueError, match="evaluator 'plain': could not convert string to float: 'fast'"):
        asked(Plain({"ms": ["fast", "slow"]}), rows)

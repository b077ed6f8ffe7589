import numpy as np
import pytest

from archgraph.evaluators import evaluate_each


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

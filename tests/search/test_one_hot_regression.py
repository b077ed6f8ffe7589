import numpy as np
import pytest

from archgraph.search.one_hot_regression import OneHotRegression

SIZES = np.array([3, 4, 2, 1])


def drawn(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, SIZES, (n, 4))


def test_sums_of_genes_are_learned_in_their_unit() -> None:
    def total(rows: np.ndarray) -> np.ndarray:
        return 1e6 * (90 + np.array([[0, 5, 1], [2, 0, 9], [4, 4, 3]])[np.arange(9) % 3, rows].sum(axis=1))

    rows = np.random.default_rng(0).integers(0, 3, (240, 9))
    model = OneHotRegression(np.full(9, 3)).fit(rows[:40], total(rows[:40]))
    assert type(model._best).__name__ == "Ridge"
    np.testing.assert_allclose(model.predict(rows), total(rows), rtol=0.005)


def test_genes_that_act_together_are_left_to_the_support_vector_machine() -> None:
    def together(rows: np.ndarray) -> np.ndarray:
        return 5.0 + 4 * ((rows[:, 0] == 1) ^ (rows[:, 2] == 1))

    model = OneHotRegression(SIZES).fit(drawn(80, 0), together(drawn(80, 0)))
    assert type(model._best).__name__ == "SVR"
    assert np.abs(model.predict(drawn(200, 1)) - together(drawn(200, 1))).max() < 1


def test_targets_that_are_all_zero_are_learned_and_nan_is_refused() -> None:
    assert OneHotRegression(SIZES).fit(drawn(10, 0), np.zeros(10)).predict(drawn(3, 1)).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="y must be finite"):
        OneHotRegression(SIZES).fit(drawn(10, 0), np.full(10, np.nan))

"""Several boosters as one."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost as xgb

from archgraph.predictors.committee import joined


def test_the_sum_and_the_members() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 6)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2]
    settings = {"base_score": 0.0, "nthread": 1, "subsample": 0.5, "max_depth": 3}
    members = [xgb.train(settings | {"seed": seed}, xgb.DMatrix(x, y), 12) for seed in range(3)]
    guesses = np.stack([member.inplace_predict(x) for member in members])
    whole = joined(members)
    assert whole.num_boosted_rounds() == 36
    assert whole.inplace_predict(x) == pytest.approx(guesses.sum(axis=0), abs=1e-5)
    for number, guess in enumerate(guesses):
        assert np.array_equal(whole.inplace_predict(x, iteration_range=(12 * number, 12 * number + 12)), guess)

"""Predictors under BoTorch's acquisition functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import archgraph as ag
from archgraph.data import ArchTable
from archgraph.predictors import GaussianProcessPredictor
from tests.libraries import integration

ours = integration("botorch")
pytestmark = pytest.mark.filterwarnings("ignore")  # BoTorch's own, and those of what it imports


@pytest.fixture(scope="module")
def table() -> ArchTable:
    return ag.load("digit-scenes")


@pytest.fixture(scope="module")
def predictor(table: ArchTable) -> GaussianProcessPredictor:
    seen = table.take(np.arange(30))
    return GaussianProcessPredictor(members=1, steps=15).fit(seen.graphs, seen["val_acc"])


@pytest.fixture(scope="module")
def model(table: ArchTable, predictor: GaussianProcessPredictor) -> Any:
    return ours.GenotypeModel(table.space, ["val_acc:max", "params:min"], {"val_acc": predictor}, members=64)


@pytest.fixture(scope="module")
def accuracy(table: ArchTable, predictor: GaussianProcessPredictor) -> Any:
    return ours.GenotypeModel(table.space, ["val_acc:max"], {"val_acc": predictor}, members=64)


def test_mean_and_variance_are_the_predictors(
    table: ArchTable, predictor: GaussianProcessPredictor, model: Any
) -> None:
    some = table.take(np.arange(40, 52))
    posterior = model.posterior(ours.as_points(some.genotypes).reshape(3, 4, -1))
    mean, std = predictor.predict(some.graphs, return_std=True)
    assert posterior.mean.shape == posterior.variance.shape == (3, 4, 2)
    np.testing.assert_allclose(posterior.mean[..., 0].reshape(-1), mean)
    # single precision: products of matrices differ in their last digits with the rows beside
    np.testing.assert_allclose(posterior.variance[..., 0].reshape(-1), std**2, rtol=1e-5)
    np.testing.assert_allclose(posterior.mean[..., 1].reshape(-1), -some["params"])
    assert posterior.variance[..., 1].max() == 0


def test_similar_architectures_err_alike_and_equal_ones_the_same(table: ArchTable, model: Any) -> None:
    row = table.space.largest
    near, far = row.copy(), table.space.smallest
    near[-1] = 0
    errors = model._errors(table.space.check([row, row, near, far]))[..., 0]
    alike = np.corrcoef(errors.T)[0]
    assert alike[1] == pytest.approx(1)
    # One of 22 genes is 1/e of a quarter of them to the power of 1 / 5.5.
    assert alike[2] == pytest.approx(np.exp(-1 / 5.5), abs=0.15)
    assert abs(alike[3]) < 0.35


def test_improvement_is_expected_of_who_is_predicted_to_be_good(table: ArchTable, accuracy: Any) -> None:
    from botorch.acquisition import LogExpectedImprovement, qLogExpectedImprovement
    from botorch.optim import optimize_acqf_discrete

    choices = ours.as_points(table.genotypes[30:230])
    mean = accuracy.posterior(choices.unsqueeze(1)).mean[:, 0, 0]
    for acquisition in (
        LogExpectedImprovement(accuracy, best_f=float(mean.median())),
        qLogExpectedImprovement(accuracy, best_f=float(mean.median())),
    ):
        worth = acquisition(choices.unsqueeze(1))
        assert np.corrcoef(worth.detach(), mean)[0, 1] > 0.5
    chosen, _ = optimize_acqf_discrete(acquisition, q=3, choices=choices)
    assert len(torch.unique(chosen, dim=0)) == 3
    assert all((choices == point).all(dim=1).any() for point in chosen)


def test_fronts_are_chosen_for(table: ArchTable, model: Any) -> None:
    from botorch.acquisition.multi_objective.logei import qLogExpectedHypervolumeImprovement
    from botorch.utils.multi_objective.box_decompositions.non_dominated import FastNondominatedPartitioning

    seen = table.take(np.arange(30))
    outputs = model.points(seen.columns)
    assert outputs[3].tolist() == [seen["val_acc"][3], -seen["params"][3]]
    corner = outputs.min(dim=0).values
    front = FastNondominatedPartitioning(ref_point=corner, Y=outputs)
    acquisition = qLogExpectedHypervolumeImprovement(model, ref_point=corner.tolist(), partitioning=front)
    worst, best = table.space.smallest, table.genotypes[int(np.argmax(table["val_acc"] / table["params"] ** 0.1))]
    worth = acquisition(ours.as_points([[worst], [best]]))
    assert worth.isfinite().all()


def test_bad_input_is_one_clear_line(table: ArchTable, predictor: GaussianProcessPredictor) -> None:
    with pytest.raises(ValueError, match="members must be even"):
        ours.GenotypeModel(table.space, ["val_acc:max"], {"val_acc": predictor}, members=3)
    with pytest.raises(ValueError, match="no predictor or evaluator answers column 'ms'"):
        ours.GenotypeModel(table.space, ["ms:min"], {"val_acc": predictor})

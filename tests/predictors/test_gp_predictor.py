"""The Gaussian process on graph features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.metrics import interval_coverage, kendall_tau, within
from archgraph.predictors import GaussianProcessPredictor, gp_predictor, load_predictor
from archgraph.predictors.gp_predictor import optimism


@pytest.fixture(scope="module")
def fitted(cells: Any) -> GaussianProcessPredictor:
    return GaussianProcessPredictor().fit(cells.graphs[:120], cells.accuracy[:120])


def test_it_learns_accuracy(cells: Any, fitted: GaussianProcessPredictor) -> None:
    mean, std = fitted.predict(cells.graphs[120:], return_std=True)
    assert kendall_tau(mean, cells.accuracy[120:]) > 0.8
    assert fitted.card_["cv_tau"] > 0.8
    assert fitted.card_["cv_rows"] == 120
    assert 0.8 < interval_coverage(mean, std, cells.accuracy[120:]) <= 1


def test_it_learns_latency_of_any_scale(cells: Any) -> None:
    model = GaussianProcessPredictor().fit(cells.graphs[:120], cells.latency[:120])
    assert kendall_tau(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.9
    assert within(model.predict(cells.graphs[120:]), cells.latency[120:]) > 0.9


def test_the_same_seed_gives_the_same_figures(cells: Any) -> None:
    few = {"members": 3, "likelihood_rows": 40, "inducing": 50}
    one, two, other = (
        GaussianProcessPredictor(seed=seed, **few).fit(cells.graphs, cells.accuracy) for seed in (3, 3, 4)
    )
    assert np.array_equal(one.predict(cells.graphs), two.predict(cells.graphs))
    assert one.card_ == two.card_
    assert not np.array_equal(one.predict(cells.graphs), other.predict(cells.graphs))


def test_many_rows_are_compared_with_few(cells: Any) -> None:
    model = GaussianProcessPredictor(members=5, likelihood_rows=100, inducing=60).fit(
        cells.graphs[:200], cells.accuracy[:200]
    )
    assert [process.inputs.shape[0] for process in model.processes_] == [60] * 5
    assert model.card_["cv_rows"] == 200
    assert kendall_tau(model.predict(cells.graphs[200:]), cells.accuracy[200:]) > 0.75


def test_a_committee_predicts_better_than_its_members(cells: Any) -> None:
    train, test = slice(0, 40), slice(40, None)
    model = GaussianProcessPredictor().fit(cells.graphs[train], cells.accuracy[train])
    together = kendall_tau(model.predict(cells.graphs[test]), cells.accuracy[test])
    alone = []
    for process in list(model.processes_):
        model.processes_ = [process]
        alone.append(kendall_tau(model.predict(cells.graphs[test]), cells.accuracy[test]))
    assert together > np.mean(alone)


def test_many_rows_make_the_committee_smaller(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gp_predictor, "COMPARISONS", 300)
    sizes = [
        len(GaussianProcessPredictor(members=members, steps=2).fit(cells.graphs[:n], cells.accuracy[:n]).processes_)
        for members, n in ((16, 60), (16, 240), (2, 60), (1, 240))
    ]
    assert sizes == [5, 3, 2, 1]


def test_threads_and_parts_change_nothing(cells: Any, fitted: GaussianProcessPredictor) -> None:
    mean, std = fitted.predict(cells.graphs, return_std=True)
    part = fitted.predict(cells.graphs[7:9], return_std=True)
    assert part[0] == pytest.approx(mean[7:9], rel=1e-5)
    assert part[1] == pytest.approx(std[7:9], rel=1e-3)
    fitted.set_params(threads=1)
    assert np.array_equal(fitted.predict(cells.graphs), mean)
    fitted.set_params(threads=None)


def test_optimism() -> None:
    rng = np.random.default_rng(0)
    # a kernel that picks from many useless inputs flatters itself; with many rows it has no need to
    useless = optimism(rng.normal(size=(60, 20)), rng.normal(size=60), np.zeros(20), 3.0, 60)
    assert 1.05 < useless <= 2
    x = rng.normal(size=(250, 3))
    z = np.sin(2 * x[:, 0]) + 0.3 * x[:, 1] + rng.normal(scale=0.05, size=250)
    assert 1 <= optimism(x, z - z.mean(), np.zeros(3), 1.5, 60) < 1.2


def test_file(cells: Any, fitted: GaussianProcessPredictor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert copy.get_params() == fitted.get_params()
    for one, two in zip(copy.predict(cells.graphs, True), fitted.predict(cells.graphs, True), strict=True):
        assert np.array_equal(one, two)


def test_what_is_unlike_the_training_rows_is_less_certain(cells: Any, fitted: GaussianProcessPredictor) -> None:
    near = fitted.predict(cells.graphs[:120], return_std=True)[1]
    assert np.median(near) < np.median(fitted.predict(cells.graphs[120:], return_std=True)[1])


def test_fewest_rows(cells: Any) -> None:
    model = GaussianProcessPredictor().fit(cells.graphs[:8], cells.accuracy[:8])
    assert model.card_["cv_rows"] == 8
    assert np.isfinite(model.predict(cells.graphs, return_std=True)).all()


def test_graphs_that_do_not_differ(cells: Any) -> None:
    model = GaussianProcessPredictor().fit(cells.graphs[np.zeros(10, dtype=int)], np.arange(10.0))
    assert model.predict(cells.graphs[:3]) == pytest.approx(4.5, abs=1)


def test_a_target_that_is_the_same_everywhere(cells: Any) -> None:
    model = GaussianProcessPredictor().fit(cells.graphs[:20], np.full(20, 3.0))
    assert model.predict(cells.graphs[:5]) == pytest.approx(3)

"""A new device, few measurements."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.features.work import Work
from archgraph.metrics import interval_coverage, spearman
from archgraph.predictors import (
    DevicePredictor,
    GaussianProcessPredictor,
    KnownDevices,
    device_predictor,
    load_predictor,
)
from archgraph.spaces import space
from tests.predictors.devices import GPU, PHONE, graphs, known, latency

TEST = slice(180, 240)
BETWEEN = 0.6 * PHONE + 0.4 * GPU
ODD = np.array([0, 3.0, 0.2, 0.1, 6.0])
"""A device that is good at convolutions and bad at all else."""


def test_a_device_like_known_ones_is_known_from_five_measurements() -> None:
    y, rows = latency(BETWEEN, seed=3), np.arange(120, 125)
    model = DevicePredictor(known()).fit(graphs()[rows], y[rows], "latency_ms", "ms")
    predicted = model.predict(graphs()[TEST])
    assert spearman(predicted, y[TEST]) > 0.97
    assert np.median(np.abs(predicted / y[TEST] - 1)) < 0.05
    assert not model.is_unlike
    assert model.card_["unlike_known_devices"] is False
    assert 0.5 < sum(model.card_["known_devices"].values()) <= 1
    scratch = GaussianProcessPredictor().fit(graphs()[120:128], y[120:128])
    assert spearman(predicted, y[TEST]) > spearman(scratch.predict(graphs()[TEST]), y[TEST]) + 0.05


def test_a_device_like_none_is_told_by_its_work() -> None:
    y, rows = latency(ODD, seed=4), np.arange(120, 132)
    model = DevicePredictor(known()).fit(graphs()[rows], y[rows])
    assert model.is_unlike
    assert model.card_["unlike_known_devices"] is True
    alone = DevicePredictor().fit(graphs()[rows], y[rows])
    for found in (model, alone):
        assert spearman(found.predict(graphs()[TEST]), y[TEST]) > 0.9
    assert alone.shares_ == {}


@pytest.mark.parametrize("n", [6, 60])
def test_nine_in_ten_are_within_their_factors(n: int) -> None:
    y, rows = latency(BETWEEN, noise=0.05, seed=3), np.arange(100, 100 + n)
    model = DevicePredictor(known()).fit(graphs()[rows], y[rows])
    predicted, std = model.predict(graphs()[TEST], return_std=True)
    factors = model.factors(graphs()[TEST])
    assert factors.shape == (60,)
    assert 0.8 <= np.mean(np.abs(np.log(predicted / y[TEST])) <= np.log(factors)) <= 1
    # the deviations are half the way from one logarithmic deviation below to one above
    np.testing.assert_allclose(std, predicted * np.sinh(np.log(factors) / 1.6448536), rtol=1e-6)
    assert 0.005 < model.card_["cv_relative_error"] < 0.15
    assert model.card_["cv_relative_error"] < np.median(factors) - 1


def test_an_estimate_beside_the_graphs_is_a_part_of_the_sum(tmp_path: Path) -> None:
    y, rows = latency(ODD, seed=4), np.arange(120, 126)
    # such as a sum over operators: of another scale, with an error of its own
    estimate = 0.7 * y * np.exp(np.random.default_rng(0).normal(0, 0.02, len(y))) + 0.1 * y.mean()
    informed = graphs().with_columns({"operators_ms": estimate, "signed": estimate - estimate.mean()})
    plain, model = (DevicePredictor().fit(each[rows], y[rows]) for each in (graphs(), informed))
    assert list(model.beside_) == ["operators_ms"]
    errors = [
        np.median(np.abs(found.predict(each[TEST]) / y[TEST] - 1))
        for found, each in ((plain, graphs()), (model, informed))
    ]
    assert errors[1] < 0.04 < errors[0]
    model.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert np.array_equal(copy.predict(informed), model.predict(informed))
    unknown = informed[TEST].with_columns({"operators_ms": np.full(60, np.nan)})
    assert np.isfinite(model.predict(unknown)).all()


def test_what_no_sum_explains_is_learned_from_many_rows() -> None:
    # a device with a second, slower mode
    y = latency(PHONE, seed=5)
    y = np.where(y > np.median(y), 2.5 * y, y)
    few, many = (DevicePredictor(known()).fit(graphs()[60 : 60 + n], y[60 : 60 + n]) for n in (19, 120))
    assert not few.processes_
    assert many.processes_
    wrong = [np.mean(np.abs(np.log(model.predict(graphs()[TEST]) / y[TEST]))) for model in (few, many)]
    assert wrong[1] < 0.8 * wrong[0]


def test_processes_wait_for_rows_for_each_known_device(monkeypatch: pytest.MonkeyPatch) -> None:
    y = latency(PHONE, seed=5)
    y = np.where(y > np.median(y), 2.5 * y, y)
    for each in (20, 30):
        monkeypatch.setattr(device_predictor, "ROWS_EACH_KNOWN", each)
        enough = each * len(known().names)
        before, after = (DevicePredictor(known()).fit(graphs()[:n], y[:n]) for n in (enough - 1, enough))
        assert not before.processes_
        assert after.processes_


def test_many_rows_tell_what_operations_of_a_kind_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    subnets = space("digit-scenes")
    drawn = subnets.graphs(subnets.sample_distinct(140, np.random.default_rng(0)))
    work = Work.learn(drawn)
    # a device that does nothing but multiply, at a speed of its own for each kind
    kinds = len(work.tokens)
    y = work(drawn)[:, 4 + kinds : 4 + 2 * kinds] @ np.random.default_rng(1).exponential(size=kinds)
    errors = []
    for rows in (device_predictor.ROWS_FOR_KINDS, 1000):
        monkeypatch.setattr(device_predictor, "ROWS_FOR_KINDS", rows)
        model = DevicePredictor().fit(drawn[:40], y[:40])
        errors.append(np.mean(np.abs(model.predict(drawn[40:]) / y[40:] - 1)))
    assert errors[0] < 0.75 * errors[1]


def test_measurements_that_stray_are_believed_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = latency(PHONE, noise=0.02, seed=6)
    # the device is sometimes slower
    y = np.where(np.random.default_rng(0).random(len(truth)) < 0.15, 1.3 * truth, truth)
    calm = DevicePredictor().fit(graphs()[:150], y[:150]).predict(graphs()[TEST])
    monkeypatch.setattr(device_predictor, "calmed", lambda z, expected: z)
    misled = DevicePredictor().fit(graphs()[:150], y[:150]).predict(graphs()[TEST])
    errors = [np.mean(np.abs(found / truth[TEST] - 1)) for found in (calm, misled)]
    assert errors[0] < 0.8 * errors[1]


def test_intervals_cover() -> None:
    covered = []
    for seed in range(8):
        rows = np.random.default_rng(seed).permutation(180)
        y = latency(BETWEEN, noise=0.05, seed=seed)
        model = DevicePredictor(known()).fit(graphs()[rows[:15]], y[rows[:15]])
        covered.append(interval_coverage(*model.predict(graphs()[TEST], return_std=True), y[TEST]))
    assert 0.8 < np.mean(covered) <= 0.99


def test_a_device_that_skips_what_is_not_used_is_known_though_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    nb201 = space("nb201")
    written = nb201.written_graphs(nb201.sample(600, np.random.default_rng(2)))
    work = Work.learn(written)
    costs = np.random.default_rng(3).exponential(size=(3, work(written).shape[1]))
    knowledge = KnownDevices.learn(written[:300], {f"device {i}": work(written[:300]) @ costs[i] for i in range(2)})
    # where nothing is used, next to no time is taken
    y = work.used(written) @ costs[2] + 1e-3
    errors = []
    for known_not_to in (True, False):
        model = DevicePredictor(knowledge).fit(written[:12], y[:12])
        errors.append(np.median(np.abs(model.predict(written[300:]) / y[300:] - 1)))
        assert model.idle_ == known_not_to
        monkeypatch.setattr(device_predictor, "used_nodes", lambda batch: np.ones(len(batch.ops), dtype=bool))
    assert errors[0] < 0.1
    assert errors[0] < 0.5 * errors[1]


def test_units_do_not_matter() -> None:
    y = latency(BETWEEN)[120:130]
    one, thousand = (DevicePredictor(known()).fit(graphs()[120:130], y * unit) for unit in (1, 1000))
    assert thousand.predict(graphs()[TEST]) == pytest.approx(1000 * one.predict(graphs()[TEST]))


@pytest.mark.parametrize("n", [10, 120])
def test_file(tmp_path: Path, n: int) -> None:
    known().save(tmp_path / "known")
    y = latency(np.sqrt(BETWEEN), seed=6)
    model = DevicePredictor(tmp_path / "known").fit(graphs()[:n], y[:n])
    model.save(tmp_path / "model")
    (tmp_path / "known").unlink()
    copy = load_predictor(tmp_path / "model")
    for one, two in zip(copy.predict(graphs(), True), model.predict(graphs(), True), strict=True):
        assert np.array_equal(one, two)
    again = copy.fit(graphs()[:n], y[:n])
    assert again.predict(graphs()) == pytest.approx(model.predict(graphs()))


def test_the_same_seed_gives_the_same_figures() -> None:
    y = latency(BETWEEN)[:40]
    one, two = (DevicePredictor(known(), seed=3).fit(graphs()[:40], y).predict(graphs()) for _ in range(2))
    assert np.array_equal(one, two)


def test_bad_input_is_refused(tmp_path: Path) -> None:
    y = latency(PHONE)
    with pytest.raises(ValueError, match=r"y must be above 0, as times and energies are, but y\[1\] is -1"):
        DevicePredictor(known()).fit(graphs()[:3], [1.0, -1.0, 2.0])
    with pytest.raises(ValueError, match="at least 3 training rows, but hold 2"):
        DevicePredictor(known()).fit(graphs()[:2], y[:2])
    with pytest.raises(ValueError, match="known must be KnownDevices, a path or None, but is 3"):
        DevicePredictor(3).fit(graphs()[:5], y[:5])  # type: ignore[arg-type]
    with pytest.raises(OSError, match="cannot read"):
        DevicePredictor(tmp_path / "no").fit(graphs()[:5], y[:5])

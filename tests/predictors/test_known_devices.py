"""What was measured on many devices."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from archgraph.metrics import spearman
from archgraph.predictors import DevicePredictor, GaussianProcessPredictor, KnownDevices, load_known_devices
from tests.predictors.devices import GPU, PHONE, graphs, known, latency


def test_they_predict_cells_that_did_not_teach() -> None:
    devices = known()
    assert devices.names == ("phone", "gpu")
    predicted = devices.predict(graphs()[120:])
    assert predicted.shape == (120, 2)
    for number, costs in enumerate((PHONE, GPU)):
        truth = latency(costs, noise=0)
        assert spearman(predicted[:, number], truth[120:]) > 0.97
        # relative to the geometric mean of what taught
        ratio = predicted[:, number] * np.exp(np.log(truth[:120]).mean()) / truth[120:]
        assert np.median(np.abs(ratio - 1)) < 0.05


def test_rows_that_were_not_measured_do_not_teach() -> None:
    times = latency(PHONE)
    gaps = np.where(np.arange(240) % 2, times, np.nan)
    found = KnownDevices.learn(graphs(), {"phone": gaps}).predict(graphs())
    assert np.isfinite(found).all()
    assert spearman(found[::2, 0], times[::2]) > 0.95


def test_the_same_seed_gives_the_same_figures() -> None:
    phone = {"phone": latency(PHONE)}
    one, two, other = (KnownDevices.learn(graphs(), phone, rows=40, seed=seed).predict(graphs()) for seed in (0, 0, 1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_file(tmp_path: Path) -> None:
    known().save(tmp_path / "devices")
    copy = load_known_devices(tmp_path / "devices")
    assert copy.card == known().card
    assert repr(copy) == repr(known()) != repr(KnownDevices.learn(graphs(), {"phone": latency(PHONE)}))
    assert np.array_equal(copy.predict(graphs()), known().predict(graphs()))
    content = (tmp_path / "devices").read_bytes()
    (tmp_path / "half").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="is damaged or no predictor"):
        load_known_devices(tmp_path / "half")
    GaussianProcessPredictor(members=1, steps=2).fit(graphs()[:20], latency(PHONE)[:20]).save(tmp_path / "gp")
    with pytest.raises(ValueError, match="is a model of kind 'gp' that holds no known devices; make some with"):
        load_known_devices(tmp_path / "gp")


def test_a_saved_model_holds_those_that_it_began_with(tmp_path: Path) -> None:
    few = slice(120, 128)
    DevicePredictor(known()).fit(graphs()[few], latency(PHONE)[few]).save(tmp_path / "model")
    copy = load_known_devices(tmp_path / "model")
    assert copy.card == known().card
    assert np.array_equal(copy.predict(graphs()), known().predict(graphs()))
    DevicePredictor().fit(graphs()[few], latency(PHONE)[few]).save(tmp_path / "alone")
    with pytest.raises(ValueError, match="is a model of kind 'device' that holds no known devices"):
        load_known_devices(tmp_path / "alone")


def test_copies_of_models_share_it() -> None:
    assert deepcopy(known()) is known()


def test_bad_input_is_refused() -> None:
    times = latency(PHONE)
    with pytest.raises(ValueError, match="at least one device"):
        KnownDevices.learn(graphs(), {})
    with pytest.raises(ValueError, match=r"measured\['a'\] must have shape \(240,\), but has \(3,\)"):
        KnownDevices.learn(graphs(), {"a": times[:3]})
    with pytest.raises(ValueError, match="device 'a' must have at least 32 rows, but has 31"):
        KnownDevices.learn(graphs(), {"a": np.where(np.arange(240) < 31, times, np.nan)})
    with pytest.raises(ValueError, match="device 'a': y must be above 0"):
        KnownDevices.learn(graphs(), {"a": times - times.mean()})

"""What all predictors share, shown on the simplest one: checks, units, calibration, card, file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

from archgraph import metrics
from archgraph.graph import GraphBatch
from archgraph.predictors import REGISTRY, Predictor, base, load_predictor
from archgraph.predictors.base import Scaled
from archgraph.predictors.container import read_container, write_container
from archgraph.registry import UnknownNameError


class ByNodes(Predictor):
    """A straight line through the number of nodes; every other row is held out."""

    kind: ClassVar[str] = "by-nodes"

    def __init__(self, slope: float = 0.5, seed: int = 0) -> None:
        self.slope = slope
        self.seed = seed

    def _fit(self, batch: GraphBatch, z: np.ndarray) -> Scaled:
        self.offset_ = float(np.mean(z - self.slope * batch.nodes))
        return Scaled(
            np.where(np.arange(len(z)) % 2, self._predict(batch, spread=False).mean, np.nan), np.zeros(len(z))
        )

    def _predict(self, batch: GraphBatch, spread: bool) -> Scaled:
        return Scaled(self.slope * batch.nodes + self.offset_, np.zeros(len(batch)))

    def _parts(self) -> dict[str, bytes]:
        return {"offset.json": json.dumps(self.offset_).encode()}

    def _restore(self, parts: Mapping[str, bytes]) -> None:
        self.offset_ = json.loads(parts["offset.json"])


if "by-nodes" not in REGISTRY:
    REGISTRY.add("by-nodes", ByNodes)


@pytest.fixture
def fitted(cells: Any) -> ByNodes:
    return ByNodes().fit(cells.graphs, cells.accuracy, target="val_acc", unit="%")


def test_predictions_are_in_the_unit_of_the_target(cells: Any) -> None:
    for unit in (1, 1e-3):
        predicted = ByNodes().fit(cells.graphs, unit * cells.accuracy).predict(cells.graphs)
        assert predicted.shape == (240,)
        assert metrics.kendall_tau(predicted, cells.accuracy) > 0.4
        assert np.mean(np.abs(predicted / unit - cells.accuracy)) < 6


def test_deviations_cover_what_they_should(cells: Any, fitted: ByNodes) -> None:
    mean, std = fitted.predict(cells.graphs, return_std=True)
    assert np.array_equal(mean, fitted.predict(cells.graphs))
    assert 0.8 < metrics.interval_coverage(mean, std, cells.accuracy) < 0.97


def test_the_card(cells: Any, fitted: ByNodes) -> None:
    odd = np.arange(240) % 2 == 1
    predicted = fitted.predict(cells.graphs)[odd]
    card = fitted.card_
    assert (card["predictor"], card["n"], card["seed"], card["target"], card["unit"]) == (
        "by-nodes", 240, 0, "val_acc", "%"
    )  # fmt: skip
    assert card["cv_rows"] == 120
    assert card["cv_tau"] == pytest.approx(metrics.kendall_tau(predicted, cells.accuracy[odd]))
    assert card["cv_rmse"] == pytest.approx(metrics.rmse(predicted, cells.accuracy[odd]))
    assert {"archgraph", "python", "torch", "xgboost"} <= set(card["versions"])


def test_the_hash_of_the_data(cells: Any, fitted: ByNodes) -> None:
    assert ByNodes().fit(cells.graphs, cells.accuracy).card_["data_sha256"] == fitted.card_["data_sha256"]
    other = cells.accuracy.copy()
    other[17] += 1e-9
    assert ByNodes().fit(cells.graphs, other).card_["data_sha256"] != fitted.card_["data_sha256"]


def test_a_target_that_is_the_same_everywhere(cells: Any) -> None:
    model = ByNodes(slope=0.0).fit(cells.graphs, np.full(240, 3.0))
    assert model.predict(cells.graphs[:5]) == pytest.approx(3)
    assert model.card_["cv_tau"] is None


def test_file(cells: Any, fitted: ByNodes, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert isinstance(copy, ByNodes)
    assert copy.card_ == fitted.card_
    assert np.array_equal(copy.predict(cells.graphs, return_std=True), fitted.predict(cells.graphs, return_std=True))


def test_a_file_of_an_unknown_kind(fitted: ByNodes, tmp_path: Path) -> None:
    file = tmp_path / "model"
    fitted.save(file)
    header, parts = read_container(file)
    write_container(file, header | {"kind": "by-node"}, parts)
    with pytest.raises(UnknownNameError, match="Unknown predictor 'by-node'. Did you mean 'by-nodes'?"):
        load_predictor(file)


def test_a_file_that_does_not_fit_its_kind(fitted: ByNodes, tmp_path: Path) -> None:
    file = tmp_path / "model"
    fitted.save(file)
    header, parts = read_container(file)
    write_container(file, header, {})
    with pytest.raises(ValueError, match=f"^'{re.escape(str(file))}' is damaged or no predictor: .*offset.json"):
        load_predictor(file)
    write_container(file, header | {"parameters": {"slop": 1}}, parts)
    with pytest.raises(ValueError, match="is damaged or no predictor: .*slop"):
        load_predictor(file)


def test_a_folder_that_cannot_be_written(fitted: ByNodes, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write '.*missing/model'"):
        fitted.save(tmp_path / "missing" / "model")


def test_a_full_disk_leaves_the_old_file(fitted: ByNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archgraph._files.os.fsync", full)
    with pytest.raises(OSError, match="cannot write '.*model': No space left on device"):
        fitted.save(tmp_path / "model")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_bad_rows(cells: Any) -> None:
    y = cells.accuracy.copy()
    with pytest.raises(ValueError, match="y must have 239 values, but has 240"):
        ByNodes().fit(cells.graphs[:239], y)
    y[[3, 8]] = np.nan
    with pytest.raises(ValueError, match=r"y must be finite, but row 3 is nan \(2 such rows\)"):
        ByNodes().fit(cells.graphs, y)
    with pytest.raises(ValueError, match="graphs must hold at least 8 training rows, but hold 7"):
        ByNodes().fit(cells.graphs[:7], cells.accuracy[:7])


def test_not_fitted(cells: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        ByNodes().predict(cells.graphs)
    with pytest.raises(NotFittedError):
        ByNodes().save(tmp_path / "model")


def test_manners_of_scikit_learn(cells: Any) -> None:
    assert clone(ByNodes(slope=0.25)).get_params() == {"slope": 0.25, "seed": 0}
    scores = cross_val_score(ByNodes(), cells.graphs, cells.accuracy, cv=3)
    assert scores.shape == (3,)
    assert scores.min() > 0
    search = GridSearchCV(ByNodes(), {"slope": [-0.5, 0.5]}, cv=2).fit(cells.graphs, cells.accuracy)
    assert search.best_params_ == {"slope": 0.5}


def test_a_failed_fit_leaves_no_mixture(cells: Any, fitted: ByNodes, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ByNodes().fit(cells.graphs, cells.accuracy)
    # Bad rows are found before anything is forgotten.
    with pytest.raises(ValueError, match="must be finite"):
        model.fit(cells.graphs, np.full(240, np.nan))
    assert np.array_equal(model.predict(cells.graphs), fitted.predict(cells.graphs))

    def fail(*_: object) -> None:
        raise ValueError("it burned")

    monkeypatch.setattr(ByNodes, "_fit", fail)
    with pytest.raises(ValueError, match="it burned"):
        model.fit(cells.graphs, 1000 * cells.accuracy)
    with pytest.raises(NotFittedError):
        model.predict(cells.graphs)


def test_training_that_diverged_is_one_clear_line(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByNodes, "_fit", lambda self, batch, z: Scaled(*np.full((2, len(z)), np.nan)))
    with pytest.raises(ValueError, match="ByNodes gives no finite prediction for its held-out rows: training diverged"):
        ByNodes().fit(cells.graphs, cells.accuracy)


def test_one_held_out_row_has_no_rank_correlation(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = ByNodes._fit
    one = np.where(np.arange(240) == 7, 0.0, np.nan)
    monkeypatch.setattr(
        ByNodes, "_fit", lambda self, batch, z: Scaled(fit(self, batch, z).mean * 0 + one, np.zeros(len(z)))
    )
    card = ByNodes().fit(cells.graphs, cells.accuracy).card_
    assert (card["cv_rows"], card["cv_tau"], card["cv_spearman"]) == (1, None, None)


def test_parameters_that_change_after_fitting_are_not_those_of_the_file(cells: Any, tmp_path: Path) -> None:
    model = ByNodes(slope=0.25).fit(cells.graphs, cells.accuracy)
    model.set_params(slope=0.75).save(tmp_path / "model")
    assert load_predictor(tmp_path / "model").get_params()["slope"] == 0.25


def test_parameters_of_numpy_are_saved_as_numbers(cells: Any, tmp_path: Path) -> None:
    ByNodes(slope=np.float64(0.25), seed=np.int64(3)).fit(cells.graphs, cells.accuracy).save(tmp_path / "model")
    copy = load_predictor(tmp_path / "model")
    assert (copy.get_params(), copy.card_["seed"]) == ({"slope": 0.25, "seed": 3}, 3)


def test_graphs_may_be_a_list(cells: Any, fitted: ByNodes) -> None:
    assert np.array_equal(fitted.predict(list(cells.graphs[:4])), fitted.predict(cells.graphs[:4]))


def test_calibration_by_hand(cells: Any) -> None:
    model = ByNodes()
    # of 9 errors 1..9 the rank 0.9 * (1 + 1/9) = 1 asks for the largest
    errors = np.array([*range(1, 10), np.nan])
    model._calibrate(np.zeros(10), Scaled(errors, np.zeros(10)))
    assert model.error_ == pytest.approx(9 / 1.6448536)
    model._calibrate(np.zeros(10), Scaled(errors, np.zeros(10), optimism=1.5))
    assert model.error_ == pytest.approx(1.5 * 9 / 1.6448536)
    # what a spread explains already is taken off, in squares
    model._calibrate(np.zeros(10), Scaled(errors, np.full(10, 3.0)))
    assert (model.error_, model.trust_) == (pytest.approx(((9 / 1.6448536) ** 2 - 9) ** 0.5), 1)
    # and where it explains more than there is, less of it is believed
    model._calibrate(np.zeros(10), Scaled(errors, np.full(10, 30.0)))
    assert (model.error_, model.trust_) == (0, pytest.approx(9 / 1.6448536 / 30))
    assert base.LEVEL == 0.9


@pytest.mark.parametrize("spread", [0.0, 0.5, 10.0])
@pytest.mark.parametrize("n", [3, 4, 8])
def test_few_held_out_rows_tell_their_errors_as_student_does(n: int, spread: float) -> None:
    covered = []
    for seed in range(300):
        z = np.random.default_rng(seed).standard_normal(n + 500)
        model = ByNodes()
        model._calibrate(z[:n], Scaled(np.zeros(n), np.full(n, spread)))
        std = np.full(500, np.hypot(model.error_, model.trust_ * spread))
        covered.append(metrics.interval_coverage(np.zeros(500), std, z[n:]))
    assert 0.87 < np.mean(covered) < 0.95

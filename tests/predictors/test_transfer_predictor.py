"""Predictors that begin with a prior."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from archgraph.metrics import interval_coverage, kendall_tau
from archgraph.predictors import ForestPredictor, Lesson, Prior, TransferPredictor, load_predictor
from archgraph.predictors.container import read_container
from archgraph.predictors.local_prior import LocalPrior
from archgraph.predictors.transfer_predictor import slope
from archgraph.spaces import space
from tests.predictors.priors import foreign_prior, macs_lesson


@pytest.fixture(scope="module")
def known(cells: Any) -> LocalPrior:
    """What half of the cells taught; tests predict the other half."""
    return Prior.learn([Lesson("cells", cells.graphs[:120], cells.accuracy[:120])]).at(cells.graphs)


@pytest.fixture(scope="module")
def useless(cells: Any) -> LocalPrior:
    """What chance taught."""
    return Prior.learn([Lesson("chance", cells.graphs, np.random.default_rng(5).normal(size=240))]).at(cells.graphs)


def taus(cells: Any, n: int, prior: LocalPrior, seeds: int = 6) -> tuple[float, float]:
    """Mean tau on unseen cells with the prior and from scratch."""
    found = []
    for seed in range(seeds):
        rows = 120 + np.random.default_rng(seed).permutation(120)
        train, test = rows[:n], rows[n:]
        for model in (TransferPredictor(prior, base="forest", seed=seed), ForestPredictor(seed=seed)):
            model.fit(cells.graphs[train], cells.accuracy[train])
            found.append(kendall_tau(model.predict(cells.graphs[test]), cells.accuracy[test]))
    return float(np.mean(found[::2])), float(np.mean(found[1::2]))


def test_a_helpful_prior_helps(cells: Any, known: LocalPrior) -> None:
    with_prior, scratch = taus(cells, 8, known)
    assert with_prior > scratch + 0.15


def test_a_prior_of_other_spaces_helps(cells: Any) -> None:
    with_prior, scratch = taus(cells, 8, foreign_prior().at(cells.graphs))
    assert with_prior > scratch + 0.05


@pytest.mark.parametrize("n", [8, 40])
def test_a_useless_prior_does_no_harm(cells: Any, useless: LocalPrior, n: int) -> None:
    with_prior, scratch = taus(cells, n, useless)
    assert with_prior > scratch - 0.03


def test_a_prior_that_the_rows_contradict_is_left_out(cells: Any, known: LocalPrior) -> None:
    graphs, y = cells.graphs[120:160], cells.accuracy[120:160]
    model = TransferPredictor(known, base="forest", goal="min").fit(graphs, y)
    assert model.card_["slope"] == 0
    assert model.card_["weights"] == [1]
    scratch = ForestPredictor().fit(graphs, y)
    for one, other in zip(model.predict(cells.graphs, True), scratch.predict(cells.graphs, True), strict=True):
        assert one == pytest.approx(other)


def test_goals(cells: Any, known: LocalPrior) -> None:
    graphs, y = cells.graphs[120:150], cells.accuracy[120:150]
    up = TransferPredictor(known, base="forest").fit(graphs, y)
    down = TransferPredictor(known, base="forest", goal="min").fit(graphs, -y)
    assert up.slope_ > 0.5
    # not the same to the last digit: the shape of a target and of its mirror are looked for apart
    assert down.slope_ == pytest.approx(up.slope_, abs=0.05)
    assert kendall_tau(-down.predict(cells.graphs), up.predict(cells.graphs)) > 0.9


def test_intervals_cover(cells: Any, known: LocalPrior) -> None:
    covered = []
    for seed in range(5):
        rows = np.random.default_rng(seed).permutation(240)
        model = TransferPredictor(known, seed=seed).fit(cells.graphs[rows[:40]], cells.accuracy[rows[:40]])
        mean, std = model.predict(cells.graphs[rows[40:]], return_std=True)
        covered.append(interval_coverage(mean, std, cells.accuracy[rows[40:]]))
    assert 0.8 < np.mean(covered) < 0.99


def test_slope_by_hand() -> None:
    score = np.array([1.0, -1, 1, -1])
    # least squares gives 1; its error is 1 over the root of 4, or of 3 with a row left out
    found, left_out = slope(score, score)
    assert found == pytest.approx(1 - 0.5 / 2)
    assert left_out == pytest.approx(np.full(4, 1 - 0.5 / np.sqrt(3)))
    assert slope(score, -score)[0] == 0
    # products 1, 1, -1, 1: without the third 1, without another one 1/3, less 0.29
    found, left_out = slope(score, np.array([1.0, -1, -1, -1]))
    assert found == pytest.approx(0.5 - 0.25)
    assert left_out == pytest.approx(
        [1 / 3 - 0.5 / np.sqrt(3), 1 / 3 - 0.5 / np.sqrt(3), 1 - 0.5 / np.sqrt(3), 1 / 3 - 0.5 / np.sqrt(3)]
    )
    assert slope(np.zeros(4), score)[0] == 0


def test_priors_come_in_three_ways(cells: Any, tmp_path: Path) -> None:
    graphs, y = cells.graphs[:30], cells.accuracy[:30]
    foreign_prior().save(tmp_path / "prior")
    expected = TransferPredictor(foreign_prior().at(graphs), base="forest").fit(graphs, y).predict(cells.graphs)
    for prior in (foreign_prior(), tmp_path / "prior", str(tmp_path / "prior")):
        model = TransferPredictor(prior, base="forest").fit(graphs, y)
        assert np.array_equal(model.predict(cells.graphs), expected)
        assert clone(model).prior == prior


def test_the_same_seed_gives_the_same_figures(cells: Any, known: LocalPrior) -> None:
    one, two, other = (
        TransferPredictor(known, base="forest", seed=seed).fit(cells.graphs[:60], cells.accuracy[:60])
        for seed in (3, 3, 4)
    )
    assert np.array_equal(one.predict(cells.graphs, True), two.predict(cells.graphs, True))
    assert one.card_ == two.card_
    assert not np.array_equal(one.predict(cells.graphs), other.predict(cells.graphs))


def test_file(cells: Any, tmp_path: Path) -> None:
    graphs, y = cells.graphs[:40], cells.accuracy[:40]
    foreign_prior().save(tmp_path / "prior")
    model = TransferPredictor(tmp_path / "prior", base="xgb").fit(graphs, y, "accuracy", "%")
    model.save(tmp_path / "model")
    # the model's file has all that is needed
    (tmp_path / "prior").unlink()
    copy = load_predictor(tmp_path / "model")
    assert isinstance(copy, TransferPredictor)
    assert np.array_equal(copy.predict(cells.graphs, True), model.predict(cells.graphs, True))
    assert (copy.card_, copy.slope_) == (model.card_, model.slope_)
    copy.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "model").read_bytes()
    again = clone(copy).fit(graphs, y)
    assert np.array_equal(again.predict(cells.graphs), model.predict(cells.graphs))
    names = read_container(tmp_path / "model")[1]
    assert {Path(name).suffix for name in names} == {".json", ".safetensors", ".ubj"}


def test_bad_arguments_are_one_clear_line(cells: Any, known: LocalPrior, tmp_path: Path) -> None:
    transformers = space("hat")
    rows = transformers.graphs(transformers.sample(10, np.random.default_rng(0)))
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "prior must be given: a Prior, or the file of one that 'archgraph pretrain' wrote"),
        ({"prior": 3}, "prior must be a Prior, a LocalPrior or a path, but is 3"),
        ({"prior": known, "goal": "up"}, "goal must be 'max' or 'min', but is 'up'"),
        (
            {"prior": known, "base": "transfer"},
            "base must be a predictor that learns from graph features, but 'transfer'",
        ),
        ({"prior": known, "base": "gpp"}, "Unknown predictor 'gpp'. Did you mean 'gp'?"),
        ({"prior": known, "seed": -1}, "seed must be a whole number in 0..4294967295, but is -1"),
        ({"prior": Prior.learn([macs_lesson("nb201", 40)])}, "graphs must have operations that the prior has seen"),
    ]
    for arguments, message in cases:
        with pytest.raises((ValueError, KeyError), match=message):
            TransferPredictor(**arguments).fit(rows, np.arange(10.0))
    with pytest.raises(OSError, match="cannot read .*nowhere'"):
        TransferPredictor(tmp_path / "nowhere").fit(cells.graphs[:10], cells.accuracy[:10])
    (tmp_path / "damaged").write_text("hello")
    with pytest.raises(ValueError, match="damaged' is damaged or no predictor"):
        TransferPredictor(tmp_path / "damaged").fit(cells.graphs[:10], cells.accuracy[:10])

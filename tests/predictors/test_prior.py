"""Priors from several tables."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.metrics import kendall_tau
from archgraph.predictors import Lesson, Prior, XGBoostPredictor, load_predictor, load_prior
from archgraph.predictors.container import read_container, write_container
from archgraph.spaces import space
from tests.predictors.priors import foreign_prior, macs_lesson


def test_what_two_spaces_teach_orders_a_third_without_labels() -> None:
    lesson = macs_lesson("nb201", 200)
    assert kendall_tau(foreign_prior().predict(lesson.graphs), lesson.y) > 0.6


def test_the_card_says_how_far_it_carries() -> None:
    tables = foreign_prior().card["tables"]
    assert {name: found["rows"] for name, found in tables.items()} == {"nb101": 80, "mbv3": 80}
    assert all(found["tau_from_others"] > 0.5 for found in tables.values())
    assert Prior.learn([macs_lesson("nb101", 40)]).card["tables"]["nb101"]["tau_from_others"] is None


def test_only_the_order_and_the_goal_of_a_target_count(cells: Any) -> None:
    lesson = macs_lesson("nb101")
    y = np.asarray(lesson.y)
    expected = Prior.learn([lesson]).predict(cells.graphs)
    assert Prior.learn([lesson._replace(y=np.exp(y))]).predict(cells.graphs) == pytest.approx(expected)
    assert Prior.learn([lesson._replace(y=-y, goal="min")]).predict(cells.graphs) == pytest.approx(expected)


def test_file(cells: Any, tmp_path: Path) -> None:
    prior = Prior.learn([macs_lesson("nb101"), Lesson("cells", cells.graphs, cells.accuracy)], seed=3)
    prior.save(tmp_path / "prior")
    copy = load_prior(tmp_path / "prior")
    assert copy.card == prior.card
    assert repr(copy) == repr(prior) != repr(Prior.learn([macs_lesson("nb101")]))
    assert repr(copy.at(cells.graphs)) == repr(prior.at(cells.graphs)) != repr(prior.at(cells.graphs[:50]))
    assert np.array_equal(copy.predict(cells.graphs), prior.predict(cells.graphs))
    copy.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "prior").read_bytes()


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        Prior.learn([macs_lesson("nb101"), macs_lesson("nb201")], rows=60, seed=seed).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_copies_share_it() -> None:
    assert deepcopy(foreign_prior()) is foreign_prior()


def test_operations_never_seen() -> None:
    transformers = space("hat")
    graphs = transformers.graphs(transformers.sample(5, np.random.default_rng(0)))
    cells_only = Prior.learn([macs_lesson("nb201", 60)])
    assert not cells_only.knows(graphs)
    with pytest.raises(
        ValueError, match="graphs must have operations that the prior has seen, but it has seen none of: "
    ):
        cells_only.at(graphs)
    # a table of them beside does not teach about cells, and is not tested on what it cannot know
    both = Prior.learn([macs_lesson("nb201", 60), macs_lesson("hat", 60)])
    assert [found["tau_from_others"] for found in both.card["tables"].values()] == [None, None]


def test_no_graphs(cells: Any) -> None:
    with pytest.raises(ValueError, match="graphs must hold at least one graph, but hold none"):
        foreign_prior().at(cells.graphs[:0])


def test_no_table_or_the_same_twice() -> None:
    with pytest.raises(ValueError, match=r"lessons must be one or more tables of different names, but are \[\]"):
        Prior.learn([])
    with pytest.raises(ValueError, match=r"of different names, but are \['nb101', 'nb101'\]"):
        Prior.learn([macs_lesson("nb101"), macs_lesson("nb101")])


def test_files_that_are_no_priors(cells: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot read .*nowhere': No such file"):
        load_prior(tmp_path / "nowhere")
    path = tmp_path / "model"
    XGBoostPredictor(members=2, rounds=2).fit(cells.graphs[:20], cells.accuracy[:20]).save(path)
    with pytest.raises(ValueError, match=f"^'{re.escape(str(path))}' is a predictor of kind 'xgb', and no prior$"):
        load_prior(path)
    foreign_prior().save(path)
    with pytest.raises(ValueError, match="holds no predictor but 'prior', which predictors begin with; see"):
        load_predictor(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="is damaged or no predictor"):
        load_prior(path)


def test_files_that_lack_something(tmp_path: Path) -> None:
    path = tmp_path / "prior"
    foreign_prior().save(path)
    header, parts = read_container(path)
    write_container(path, header, {name: part for name, part in parts.items() if name != "1.ubj"})
    with pytest.raises(ValueError, match="is damaged or no prior: '1.ubj'"):
        load_prior(path)
    write_container(path, header | {"columns": ["params"]}, parts)
    with pytest.raises(ValueError, match="knows other operations or columns than archgraph has now; learn it again"):
        load_prior(path)

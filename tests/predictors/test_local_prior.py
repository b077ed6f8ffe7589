"""A prior for one space."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from archgraph.graph.vocabulary import OP_CODE
from archgraph.metrics import kendall_tau
from archgraph.predictors import Lesson, Prior
from archgraph.predictors.local_prior import LocalPrior
from tests.predictors.priors import foreign_prior, macs_lesson


def test_scores_are_standard_normal_over_the_space(cells: Any) -> None:
    scores = foreign_prior().at(cells.graphs).predict(cells.graphs)
    assert scores.mean() == pytest.approx(0, abs=1e-6)
    assert scores.std() == pytest.approx(1, abs=1e-6)


def test_scores_do_not_depend_on_what_is_beside(cells: Any) -> None:
    local = foreign_prior().at(cells.graphs)
    whole = local.predict(cells.graphs)
    assert local.predict(cells.graphs[7:9]) == pytest.approx(whole[7:9])
    assert local.predict(cells.graphs[:0]).shape == (0,)


def test_an_expert_on_a_like_space_is_asked_first(cells: Any) -> None:
    # what counts here, pooling, holds for no other space and is no column of the consensus
    is_pool = (cells.graphs.ops == OP_CODE["avg_pool"]).astype(float)
    pools = np.bincount(cells.graphs.graph_of_node, is_pool, len(cells.graphs))
    alike = Lesson("cells", cells.graphs[:120], pools[:120])
    local = Prior.learn([macs_lesson("mbv3"), alike]).at(cells.graphs)
    assert kendall_tau(local.predict(cells.graphs[120:]), pools[120:]) > 0.8
    assert len(local.forests) == 1


def test_parts(cells: Any) -> None:
    local = Prior.learn([macs_lesson("nb101"), Lesson("cells", cells.graphs, cells.accuracy)]).at(cells.graphs)
    copy = LocalPrior.from_parts(local.parts())
    assert np.array_equal(copy.predict(cells.graphs), local.predict(cells.graphs))
    assert copy.parts() == local.parts()


def test_copies_share_it(cells: Any) -> None:
    local = foreign_prior().at(cells.graphs)
    assert deepcopy(local) is local

import warnings

import numpy as np
import pytest

from archgraph.objectives import Objective, hypervolume
from archgraph.search import RandomSearcher, UNSGA3Searcher
from archgraph.search.unsga3 import reference_directions
from archgraph.spaces import space

THREE = tuple(Objective(column, "min") for column in ("one", "two", "three"))


@pytest.mark.parametrize(("objectives", "most", "found"), [(1, 50, 1), (2, 50, 50), (3, 50, 45), (3, 2, 3), (4, 6, 6)])
def test_there_are_as_many_directions_as_there_is_room(objectives: int, most: int, found: int) -> None:
    directions = reference_directions(objectives, most)
    assert directions.shape == (found, objectives)
    np.testing.assert_allclose(directions.sum(axis=1), 1)


def test_spreads_over_three_objectives_better_than_random_search() -> None:
    mbv3 = space("mbv3")
    weights = np.random.default_rng(0).random((mbv3.genes, 3))

    def held(searcher: RandomSearcher | UNSGA3Searcher) -> float:
        points = []
        for _ in range(15):
            asked = searcher.ask(20)
            # Far from all three corners is bad, so that the front is a surface.
            points.append(np.stack([(asked - corner) ** 2 @ weights[:, corner] for corner in range(3)], axis=1))
            searcher.tell(asked, points[-1])
        return hypervolume(np.concatenate(points), np.full(3, 40.0))

    assert held(UNSGA3Searcher(mbv3, THREE, population=20)) > 1.1 * held(RandomSearcher(mbv3, THREE))


def test_warnings_of_others_are_still_heard() -> None:
    searcher = UNSGA3Searcher(space("nb201"), THREE[:2], population=4)
    for _ in range(3):
        asked = searcher.ask(4)
        searcher.tell(asked, np.random.default_rng(0).random((4, 2)))
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", UserWarning, stacklevel=1)


def test_the_bounds_of_the_objectives_are_in_the_state() -> None:
    searcher = UNSGA3Searcher(space("nb201"), THREE[:2], population=4)
    assert searcher.state()["bounds"]["ideal_point"] is None
    asked = searcher.ask(4)
    searcher.tell(asked, [[1.0, 8.0], [2.0, 6.0], [4.0, 3.0], [7.0, 2.0]])
    assert searcher.state()["bounds"]["ideal_point"] == [1, 2]
    assert searcher.state()["bounds"]["worst_point"] == [7, 8]

"""Rows that tell most."""

from __future__ import annotations

import numpy as np
import pytest

from archgraph.features.telling import telling_rows


def test_corners_come_before_the_middle_and_copies_last() -> None:
    # the ends of both axes, one of them twice, and the middle
    vectors = np.array([[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3], [3.0, 0]])
    chosen = telling_rows(vectors, 6).tolist()
    assert sorted(chosen) == list(range(6))
    assert {*chosen[:3]} <= {1, 2, 3, 4, 5}
    assert not {1, 5} <= {*chosen[:4]}


def test_a_linear_target_is_better_known_from_them_than_from_random_rows() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(300, 6)) * [9, 3, 1, 1, 1, 1]
    left = []
    for rows in (telling_rows(vectors, 10), *(rng.permutation(300)[:10] for _ in range(20))):
        x = np.column_stack([vectors, np.ones(300)])
        information = x[rows].T @ x[rows] + 1e-6 * np.eye(7)
        left.append(float(np.trace(x @ np.linalg.solve(information, x.T))))
    assert left[0] < np.median(left[1:]) / 2


def test_what_is_known_is_not_asked_again() -> None:
    vectors = np.random.default_rng(2).normal(size=(60, 5))
    first = telling_rows(vectors, 8)
    assert telling_rows(vectors, 5, known=first[:3].tolist()).tolist() == first[3:].tolist()
    # both ends of the first axis are known, so that one of the other comes next
    corners = np.array([[0, 0], [3, 0], [-3, 0], [0, 2], [0, -2.0]])
    assert telling_rows(corners, 1).tolist()[0] in {1, 2}
    assert telling_rows(corners, 1, known=[1, 2]).tolist()[0] in {3, 4}
    with pytest.raises(ValueError, match="n must be at most the 3 architectures to choose from, but is 4"):
        telling_rows(corners, 4, known=[1, 2])


def test_scales_do_not_count() -> None:
    vectors = np.random.default_rng(1).normal(size=(40, 3))
    assert np.array_equal(telling_rows(vectors, 5), telling_rows(vectors * [1, 1e3, 1e-3] + 7, 5))


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="n must be at most the 4 architectures to choose from, but is 5"):
        telling_rows(np.eye(4), 5)
    with pytest.raises(ValueError, match="n must be a whole number at least 1, but is 0"):
        telling_rows(np.eye(4), 0)

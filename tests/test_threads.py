"""Threads of linear algebra."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_info

from archgraph._threads import one_blas_thread


def _threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_each_blas_has_one_thread_inside_and_what_it_had_behind() -> None:
    linalg.cholesky(np.eye(2))  # so that SciPy's is loaded
    before = _threads()
    assert before
    for _ in range(2):
        with one_blas_thread():
            assert set(_threads()) == {1}
        assert _threads() == before

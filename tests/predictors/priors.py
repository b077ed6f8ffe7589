"""Tables to learn priors from, as tests need them."""

from __future__ import annotations

from functools import cache

import numpy as np

from archgraph.predictors import Lesson, Prior
from archgraph.spaces import space


def macs_lesson(name: str, rows: int = 120, seed: int = 0) -> Lesson:
    """Architectures of a space whose accuracy follows from their MACs."""
    searched = space(name)
    genotypes = searched.sample_distinct(rows, np.random.default_rng(seed))
    return Lesson(name, searched.graphs(genotypes), np.log1p(searched.costs(genotypes)["macs"]))


@cache
def foreign_prior() -> Prior:
    """A prior that has seen no cell of the space of ``cells``."""
    return Prior.learn([macs_lesson("nb101"), macs_lesson("mbv3")], rows=80)

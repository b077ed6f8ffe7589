import numpy as np

from archgraph.objectives import Objective
from archgraph.search.remembering import RememberingSearcher
from archgraph.spaces import space
from archgraph.typing import IntArray


class Last(RememberingSearcher):
    """Remembers the last two."""

    def ask(self, n: int) -> IntArray:
        return self._random(n)

    def _kept(self, told: object) -> object:
        return told.take(np.arange(len(told))[-2:])


def test_keeps_what_it_was_told_and_its_state_does() -> None:
    nb201, goals = space("nb201"), (Objective("acc", "max"),)
    searcher = Last(nb201, goals)
    rows = searcher.ask(3)
    searcher.tell(rows[:1], np.array([1.0]))
    searcher.tell(rows[1:], np.array([np.nan, 3.0]))
    other = Last(nb201, goals)
    other.restore(searcher.state(), rows)
    for each in (searcher, other):
        np.testing.assert_equal(each._told.values["acc"], [np.nan, 3.0])
        assert each._told.genotypes.tolist() == rows[1:].tolist()

"""What archgraph relies on, as checks that anyone can run on spaces, tables, readers, devices, searchers of theirs.

Each check is a function of a space or a table; it returns where all is well, and raises an ``AssertionError`` that says
what is wrong with which genotype or column where not. In a test file of one's own:

    import pytest
    from archgraph.testing import SPACE_CHECKS, check_table

    @pytest.mark.parametrize("check", SPACE_CHECKS)
    def test_my_space(check):
        check(MySpace())

    def test_my_table():
        check_table(archgraph.load("mine"), samples={"1-3-5": {"acc": 93.1}})

``fuzz`` reads a file damaged in many ways, and fails where a reader ends in anything but a value or one clear line.
"""

from archgraph.testing.device import check_device
from archgraph.testing.fuzz import FuzzReport, fuzz, mutated, of_another_kind
from archgraph.testing.reader import check_reader
from archgraph.testing.searcher import SEARCHER_CHECKS, check_searcher
from archgraph.testing.space import SPACE_CHECKS, check_space
from archgraph.testing.table import TABLE_CHECKS, check_table

__all__ = [
    "SEARCHER_CHECKS",
    "SPACE_CHECKS",
    "TABLE_CHECKS",
    "FuzzReport",
    "check_device",
    "check_reader",
    "check_searcher",
    "check_space",
    "check_table",
    "fuzz",
    "mutated",
    "of_another_kind",
]

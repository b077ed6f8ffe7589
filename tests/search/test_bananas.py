import numpy as np
import pytest

from archgraph.objectives import Objective
from archgraph.predictors import ForestPredictor
from archgraph.registry import UnknownNameError
from archgraph.search import BananasSearcher
from archgraph.spaces import space

ACC, MS = Objective("acc", "max"), Objective("ms", "min")
FOREST = ForestPredictor(members=2, trees=5)


def worth(genotypes: np.ndarray) -> np.ndarray:
    """Convolutions are good, pooling is bad."""
    return np.isin(genotypes, [2, 3]).sum(axis=1) - 0.5 * (genotypes == 4).sum(axis=1)


def test_begins_at_random_then_asks_for_good_mutants_of_the_best() -> None:
    nb201 = space("nb201")
    searcher = BananasSearcher(nb201, [ACC], size=6, parents=3, predictors={"acc": FOREST})
    first = searcher.ask(searcher.batch)
    searcher.tell(first, worth(first))
    assert len(first) == 20
    assert searcher.batch == 6
    second = searcher.ask(6)
    near = np.abs(second[:, None] - first[None]).astype(bool).sum(axis=2).min(axis=1)
    assert near.max() <= 4
    assert worth(second).mean() > worth(first).mean() + 1


def test_given_predictors_are_copied_and_the_others_are_forests() -> None:
    given = ForestPredictor(members=3)
    models = BananasSearcher(space("nb201"), [ACC, MS], predictors={"ms": given})._models()
    assert {column: model.members for column, model in models.items()} == {"acc": 5, "ms": 3}
    assert models["ms"] is not given


def test_predictors_of_other_columns_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown column of a predictor 'mss'. Did you mean 'ms'"):
        BananasSearcher(space("nb201"), [ACC, MS], predictors={"mss": FOREST})

from typing import Any

import pytest

from archgraph.evaluators import Costs, Only
from archgraph.objectives import Constraint, Objective
from archgraph.search.task import SearchTask, exact_evaluators
from archgraph.spaces import SearchSpace


def task(nb201: SearchSpace, predictors: dict[str, Any], **changes: Any) -> SearchTask:
    given = {"objectives": (Objective("acc", "max"), Objective("params", "min")), "constraints": (), **changes}
    return SearchTask(space=nb201, **({"predictors": predictors, "exact": (Costs(nb201),)} | given))


def test_scores_only_what_is_needed(nb201: SearchSpace, predictors: dict[str, Any]) -> None:
    searched = task(nb201, predictors, constraints=(Constraint("macs", "<=", 1e8),))
    assert searched.needed == ("acc", "params", "macs")
    found = searched.scorer(searched.needed, with_std=True).evaluate([[3, 1, 1, 3, 1, 1]])
    assert sorted(found) == ["acc", "macs", "params"]
    assert list(found.std) == ["acc"]
    assert found["params"].tolist() == nb201.costs([3, 1, 1, 3, 1, 1])["params"].tolist()


def test_the_truth_is_the_verifier_and_what_it_leaves_out(nb201: SearchSpace, predictors: Any, truth: Any) -> None:
    assert task(nb201, predictors).truth is None
    answers = task(nb201, predictors, verifier=truth).truth
    assert answers is not None
    assert answers.columns == ("acc", "ms", "params", "macs", "activation_bytes")
    assert answers.name == "truth+costs"


def test_costs_are_never_left_to_predictors(nb201: SearchSpace, predictors: Any) -> None:
    assert [type(one) for one in exact_evaluators(nb201, (), ["acc", "params"])] == [Costs]
    assert exact_evaluators(nb201, (), ["acc", "ms"]) == []
    given = Costs(nb201)
    assert exact_evaluators(nb201, [given], ["params"]) == [given]
    own = Only(given, ["params"])
    found = exact_evaluators(nb201, [own], ["params", "macs"])
    assert [one.columns for one in found] == [("params",), ("macs", "activation_bytes")]
    assert exact_evaluators(nb201, [own], ["params"]) == [own]
    with pytest.raises(ValueError, match="column 'params' is answered twice"):
        task(nb201, predictors | {"params": predictors["acc"]})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objectives": ()}, "objectives must be of at least one column"),
        ({"objectives": (Objective("acc", "max"), Objective("acc", "max"))}, "none twice"),
        ({"objectives": (Objective("top1", "max"),)}, "no predictor or evaluator answers column 'top1'; there are acc"),
        ({"constraints": (Constraint("mj", "<=", 1.0),)}, "no predictor or evaluator answers column 'mj'"),
        (
            {"constraints": (Constraint("params", ">=", 5.0), Constraint("params", "<=", 4.0))},
            r"constraints params>=5\.0 and params<=4\.0 leave no value of 'params'; loosen one of them",
        ),
        (
            {"objectives": (Objective("acc", "max", 90.0),), "constraints": (Constraint("acc", "<=", 80.0),)},
            r"constraints acc>=90\.0 and acc<=80\.0 leave no value",
        ),
        ({"budget": 0}, "budget must be a whole number at least 1, but is 0"),
        ({"candidates": -1}, "candidates must be"),
        ({"population": 2.5}, "population must be"),
    ],
)
def test_what_cannot_be_searched(nb201: SearchSpace, predictors: Any, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        task(nb201, predictors, **changes)

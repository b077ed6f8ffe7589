from collections.abc import Callable

import pytest

from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search import REGISTRY, Study


def test_objectives_and_constraints_as_text_or_objects(run: Callable[..., Study]) -> None:
    text = run(objectives=["acc:max:>=3", "ms:min"], constraints=["params<=1e6"])
    objects = run(
        objectives=[Objective("acc", "max", 3.0), Objective("ms", "min")], constraints=[Constraint("params", "<=", 1e6)]
    )
    assert text.settings == objects.settings
    assert text.records("chosen").genotypes.tolist() == objects.records("chosen").genotypes.tolist()


def test_unknown_strategies_are_refused(run: Callable[..., Study]) -> None:
    with pytest.raises(UnknownNameError, match="Unknown search strategy 'guidance'. Did you mean 'guided'"):
        run(strategy="guidance")
    assert "guided" in REGISTRY


def test_a_strategy_from_outside(run: Callable[..., Study]) -> None:
    def lazy(task: object, study: Study) -> None:
        study.set_note("done", True)

    REGISTRY.add("lazy", lazy)
    study = run(strategy="lazy")
    assert study.note("done") is True
    assert study.settings["strategy"] == "lazy"

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.objectives import Constraint, feasible, non_dominated
from archgraph.search import Study, search
from archgraph.spaces import SearchSpace, Variable, space
from tests.search import killed_search


def test_fills_a_study_phase_by_phase(run: Callable[..., Study], truth: Any) -> None:
    done: list[tuple[str, int, int]] = []
    study = run(verifier=truth, progress=lambda *seen: done.append(seen))
    assert [study.count(phase) for phase in ("predicted", "chosen", "verified", "random")] == [300, 5, 5, 0]
    assert done[0] == ("predicted", 50, 300)
    assert done[6] == ("predicted", 300, 300)
    assert done[-1] == ("verified", 5, 5)
    predicted, chosen = study.records("predicted"), study.records("chosen")
    assert sorted(predicted.values) == ["acc", "ms"]
    assert predicted.std == {}
    assert predicted.steps.tolist() == [step for step in range(6) for _ in range(50)]
    assert chosen.std["acc"].tolist() == [0.1] * 5
    assert truth.calls == 5


def test_chooses_the_predicted_front_when_nothing_is_in_doubt(run: Callable[..., Study], predictors: Any) -> None:
    for model in predictors.values():
        model.doubt = 0.0
    study = run(budget=200)
    predicted, chosen = study.records("predicted"), study.records("chosen")
    points = np.stack([-predicted.values["acc"], predicted.values["ms"]], axis=1)
    front = predicted.genotypes[non_dominated(points)]
    assert set(map(tuple, front)) <= set(map(tuple, chosen.genotypes))


def test_small_spaces_are_scored_whole(run: Callable[..., Study]) -> None:
    study = run(candidates=20_000, population=4000)
    assert study.count("predicted") == 9445


def test_a_space_smaller_than_the_budget_is_verified_whole(predictors: Any) -> None:
    class Tiny(SearchSpace):
        name = "tiny"
        variables = (Variable("one", (0, 1, 2, 3)), Variable("two", (0, 1, 2, 3)))

        def graphs(self, genotypes: Any) -> Any:
            cells = np.zeros((len(self.check(genotypes)), 6), int)
            cells[:, [0, 3]] = self.check(genotypes)
            return space("nb201").graphs(cells)

    study = search(Tiny(), ["acc:max"], predictors, population=100)
    assert study.count("predicted") == study.count("chosen") == 16


def test_constraints_on_any_column_are_kept(run: Callable[..., Study]) -> None:
    free = run().records("predicted").values["ms"]
    bounds = [f"ms<={np.median(free)}", "params<=400000"]
    study = run(constraints=bounds)
    kept = feasible(study.records("chosen").values, [Constraint.parse(bound) for bound in bounds])
    assert kept.all()
    # Evolution under the constraint asks for more that keeps it than evolution without.
    assert (study.records("predicted").values["ms"] <= np.median(free)).mean() > 0.5


def test_constraints_that_nothing_keeps_are_one_clear_line(run: Callable[..., Study]) -> None:
    message = (
        r"none of 300 candidates keeps params<=500000.0, ms>=1000.0; the closest has params=\d+, ms=[\d.]+: loosen them"
    )
    with pytest.raises(ValueError, match=message):
        run(constraints=["params<=500000", "ms>=1000"])


def test_predictors_that_fail_everywhere_are_one_clear_line(run: Callable[..., Study], predictors: Any) -> None:
    predictors["acc"].weights[:] = np.nan
    with pytest.raises(ValueError, match="none of 300 candidates could be scored: acc is nan"):
        run()


def test_one_objective(run: Callable[..., Study]) -> None:
    study = run(objectives=["acc:max"], candidates=20_000, population=5000)
    best = np.sort(study.records("predicted").values["acc"])[::-1]
    assert study.records("chosen").values["acc"].max() == best[0]
    assert study.records("chosen").values["acc"].min() >= best[400]


def test_three_objectives(run: Callable[..., Study]) -> None:
    study = run(objectives=["acc:max", "ms:min", "params:min"])
    assert study.count("chosen") == 5


def test_the_same_seed_gives_the_same_study(run: Callable[..., Study], truth: Any) -> None:
    studies = [run(verifier=truth, seed=seed) for seed in (0, 0, 1)]
    found = [[study.records(phase).genotypes.tolist() for phase in ("predicted", "chosen")] for study in studies]
    assert found[0] == found[1] != found[2]


def test_other_predictors_cannot_continue_a_study(
    run: Callable[..., Study], predictors: Any, truth: Any, tmp_path: Path
) -> None:
    path = tmp_path / "s.sqlite"
    run(study=path).close()
    run(study=path, verifier=truth).close()
    with pytest.raises(ValueError, match="was begun with another predictor of 'ms'"):
        run(study=path, predictors=predictors | {"ms": predictors["acc"]})


def test_a_search_killed_again_and_again_ends_the_same(place: str) -> None:
    assert killed_search.kill_again_and_again(place, "guided", kills=20, wait=0.3) >= 15
    assert killed_search.is_undisturbed(place, "guided")

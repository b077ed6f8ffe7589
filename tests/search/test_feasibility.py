from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import Costs, Evaluation, Evaluator, Tabular
from archgraph.objectives import Constraint, Objective
from archgraph.search import SearchTask, search
from archgraph.search.feasibility import check_feasible
from archgraph.spaces import SearchSpace, space


def task(searched: SearchSpace, *bounds: str, **options: Any) -> SearchTask:
    constraints = tuple(Constraint.parse(bound) for bound in bounds)
    settings = {"exact": (Costs(searched),), "predicted": False} | options
    return SearchTask(searched, (Objective("acc", "max"),), constraints, {}, **settings)


def test_a_small_space_is_looked_at_whole(nb201: SearchSpace) -> None:
    least = float(nb201.costs(np.zeros((1, 6), dtype=int))["params"][0])
    check_feasible(task(nb201, f"params<={least:.0f}", f"params>={least:.0f}"))
    with pytest.raises(
        ValueError, match=r"none of 9445 candidates keeps params<=10.0; the closest has params=73306: l"
    ):
        check_feasible(task(nb201, "params<=10"))


def test_a_large_space_is_bred_for_what_is_rare() -> None:
    large = space("mbv3")
    costs = large.costs(large.sample(2_000, np.random.default_rng(0)))["macs"]
    check_feasible(task(large, f"macs<={costs.min() * 0.9:.0f}"))
    # bounds from both sides, around what a random architecture has
    check_feasible(task(large, f"macs>={np.median(costs):.0f}", f"macs<={np.median(costs) * 1.001:.0f}", candidates=2))
    with pytest.raises(ValueError, match=r"none of 20224 candidates keeps macs<=1000.0; the closest has macs="):
        check_feasible(task(large, "macs<=1e3"))


def test_only_what_the_verifier_knows_counts(nb201: SearchSpace) -> None:
    rows = nb201.sample_distinct(20, np.random.default_rng(0))
    table = Tabular(ArchTable(nb201, rows, {"acc": np.arange(20.0)}))
    most = float(nb201.costs(rows)["macs"].max())
    check_feasible(task(nb201, f"macs>={most:.0f}", verifier=table))
    with pytest.raises(ValueError, match=f"none of 20 candidates keeps macs>={most + 1}; the closest has macs="):
        check_feasible(task(nb201, f"macs>={most + 1:.0f}", verifier=table))


def test_what_is_not_known_before_is_not_looked_at(nb201: SearchSpace) -> None:
    check_feasible(task(nb201, "acc>=1e9"))
    check_feasible(task(nb201))


class Mute(Evaluator):
    """Exact, if it answered."""

    name, columns = "mute", ("ms",)

    def evaluate(self, genotypes: Any) -> Evaluation:
        return Evaluation({"ms": np.full(len(genotypes), np.nan)}, dict.fromkeys(range(len(genotypes)), "no power"))


def test_who_answers_nothing_is_told_apart(nb201: SearchSpace) -> None:
    with pytest.raises(ValueError, match="none of 9445 candidates could be scored: no power"):
        check_feasible(task(nb201, "ms<=3", exact=(Mute(),)))


@pytest.mark.parametrize("strategy", ["random", "evolution", "guided"])
def test_a_search_for_nothing_is_not_begun(
    nb201: SearchSpace, truth: Any, predictors: Any, tmp_path: Path, strategy: str
) -> None:
    path = tmp_path / "s.db"
    with pytest.raises(ValueError, match="candidates keeps params<=10"):
        search(
            nb201,
            ["acc:max"],
            predictors if strategy == "guided" else {},
            verifier=truth,
            strategy=strategy,
            constraints=["params<=10"],
            budget=5,
            study=path,
        )
    assert truth.calls == 0
    assert not path.exists()

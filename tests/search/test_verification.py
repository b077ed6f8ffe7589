import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from archgraph.evaluators import Evaluation
from archgraph.search import Study, report, verify_random
from archgraph.spaces import SearchSpace

SETTINGS = {"space": "toy", "objectives": ["acc:max", "ms:min"], "constraints": [], "seed": 0}
GENES = np.arange(4)[:, None]


def made(settings: dict[str, Any] = SETTINGS) -> Study:
    """Four chosen architectures, the third of which failed."""
    study = Study(None, settings)
    doubt = np.full(4, 0.1)
    study.add(
        "chosen",
        0,
        GENES,
        Evaluation({"acc": [0.9, 0.8, 0.5, 0.7], "ms": [4.0, 3.0, 2.0, 2.5]}, std={"acc": doubt, "ms": doubt}),
        "predicted",
    )
    truth = Evaluation({"acc": [0.7, 0.75, np.nan, 0.6], "ms": [5.0, 2.0, np.nan, 1.5]}, {2: "it burned"})
    for row in range(4):
        study.add("verified", row, GENES[[row]], truth.take(np.array([row])), "net", seconds=2.0)
    return study


def test_predicted_against_verified_by_hand() -> None:
    found = report(made())
    acc, ms = found.columns
    assert (acc.column, acc.n) == ("acc", 3)
    assert acc.bias == pytest.approx((0.2 + 0.05 + 0.1) / 3)
    assert acc.rmse == pytest.approx(np.sqrt((0.04 + 0.0025 + 0.01) / 3))
    # Predicted 0.9 > 0.8 > 0.7, verified 0.7 < 0.75 > 0.6: two pairs of three in order.
    assert acc.tau == pytest.approx(1 / 3)
    # The winner of acc was promised 0.9 and has 0.7; that of ms, among those that worked, 2.5 and 1.5.
    assert acc.winner_gap == pytest.approx(0.2)
    assert ms.winner_gap == pytest.approx(1.0)
    assert ms.bias == pytest.approx((-1.0 + 1.0 + 1.0) / 3)
    assert (found.verified, found.failed, found.seconds) == (4, 1, 8.0)
    assert found.front == (1, 3)


def test_against_a_table_by_hand() -> None:
    # Scaled from the best (acc 0.8, ms 1.0) to the worst but one: 21 rows, so percentile 95 is the 20th of each.
    table = {"acc": np.linspace(0.8, 0.4, 21), "ms": np.linspace(5.0, 1.0, 21)}
    found = report(made(), table, draws=50)

    def scaled(acc: float, ms: float) -> tuple[float, float]:
        return (0.8 - acc) / 0.38, (ms - 1.0) / 3.8

    (ax, ay), (bx, by) = scaled(0.75, 2.0), scaled(0.6, 1.5)
    # The first verified one is slower than the reference; the other two make a staircase.
    assert found.hypervolume == pytest.approx((bx - ax) * (1 - ay) + (1 - bx) * (1 - by))
    corners = sorted([(ax, ay), (bx, by), *(scaled(*row) for row in zip(*table.values(), strict=True))])
    floor, whole = 1.0, 0.0
    for x, y in corners:
        if x < 1 and y < floor:
            whole += (1 - x) * (floor - y)
            floor = y
    assert found.share == pytest.approx(found.hypervolume / whole)
    assert len(found.random_shares) == 50
    assert all(0 < share < 1 for share in found.random_shares)
    assert found.random_share == np.median(found.random_shares)
    assert found.beats_random == np.mean(np.array(found.random_shares) < found.share)


def test_the_share_of_the_whole_front_is_one() -> None:
    table = {"acc": np.array([0.1, 0.2, 0.3]), "ms": np.array([9.0, 7.0, 8.0])}
    found = report(made(), table)
    assert found.share == 1.0
    assert found.beats_random == 1.0


def test_what_breaks_a_constraint_holds_nothing() -> None:
    table = {"acc": np.linspace(0.8, 0.4, 21), "ms": np.linspace(5.0, 1.0, 21)}
    free = report(made(), table)
    bound = report(made(SETTINGS | {"constraints": ["acc>=0.65"]}), table)
    assert bound.front == (1,)
    assert bound.hypervolume < free.hypervolume
    assert report(made(SETTINGS | {"constraints": ["acc>=0.99"]}), table).hypervolume == 0.0


def test_volume_counts_up_to_the_worst_that_is_accepted() -> None:
    table = {"acc": np.linspace(0.8, 0.4, 21), "ms": np.linspace(5.0, 1.0, 21)}
    free, near, far, all_of_it = (
        report(made(SETTINGS | {"constraints": bounds}), table).hypervolume
        for bounds in ([], ["ms<=4.5"], ["ms<=4.9"], ["ms<=1000"])
    )
    assert len({free, near, far, all_of_it}) == 4


def test_against_the_studys_own_random_architectures(run: Callable[..., Study], nb201: SearchSpace, truth: Any) -> None:
    study = run(verifier=truth, budget=10, candidates=2000)
    alone = report(study)
    assert alone.random_shares == ()
    assert np.isnan(alone.random_share)
    assert alone.share == 1.0
    verify_random(study, nb201, truth, 40)
    found = report(study)
    assert len(found.random_shares) == 1
    assert found.beats_random == 1.0
    verified, chosen = study.records("verified"), study.records("chosen")
    expected = kendalltau(chosen.values["acc"], verified.values["acc"]).statistic
    assert {check.column: check.tau for check in found.columns}["acc"] == pytest.approx(expected)


def test_without_a_scale_there_is_a_front_but_no_hypervolume() -> None:
    study = Study(None, SETTINGS)
    study.add("chosen", 0, GENES[:2], Evaluation({"acc": [0.9, 0.8], "ms": [4.0, 3.0]}), "predicted")
    study.add("verified", 0, GENES[:1], Evaluation({"acc": [0.7], "ms": [5.0]}), "net")
    alone = report(study)
    assert (alone.front, alone.verified, alone.failed) == ((0,), 1, 0)
    assert np.isnan([alone.hypervolume, alone.share, alone.random_share]).all()
    assert alone.random_shares == ()
    assert alone.to_dict()["share"] is None
    failed = Study(None, SETTINGS)
    nothing = Evaluation({"acc": [np.nan], "ms": [np.nan]}, {0: "no such row"})
    failed.add("chosen", 0, GENES[:1], Evaluation({"acc": [0.9], "ms": [4.0]}), "predicted")
    failed.add("verified", 0, GENES[:1], nothing, "table")
    assert (report(failed).front, report(failed).failed) == ((), 1)
    assert np.isnan(report(failed).share)


def test_as_json() -> None:
    found = report(made()).to_dict()
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again["random_share"] is None
    assert again["columns"][0]["column"] == "acc"
    assert again["front"] == [1, 3]


def test_nothing_to_report() -> None:
    with pytest.raises(ValueError, match="no verified architectures to report; verify first"):
        report(Study(None, SETTINGS))

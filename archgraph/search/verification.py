"""What verification showed: predicted against verified, and guided against random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from archgraph.objectives import (
    Constraint,
    Objective,
    Scaling,
    feasible,
    hypervolume,
    minimised,
    non_dominated,
    worst_accepted,
)
from archgraph.search.records import Records
from archgraph.search.study import Study
from archgraph.typing import FloatArray, IntArray


@dataclass(frozen=True)
class ColumnCheck:
    """One predicted column against the truth, over the verified architectures that have both.

    Attributes:
        column: Its name.
        n: Number of architectures.
        bias: Mean of predicted minus verified, in the column's unit.
        rmse: Root mean square of the same.
        tau: Kendall's tau-b among the verified; NaN if it is not defined.
        winner_gap: Predicted minus verified value of the architecture that was predicted best; for a column without
            goal of the one predicted largest.
    """

    column: str
    n: int
    bias: float
    rmse: float
    tau: float
    winner_gap: float


@dataclass(frozen=True)
class Verification:
    """What the verified architectures of a study are worth.

    Hypervolumes are of scaled objectives, from the best value (0) to the 95th percentile (1) of the rows that the
    comparison is with, and count only what keeps the constraints. They are NaN where an objective does not vary among
    these rows, so that there is no scale: one architecture alone, or all failed.

    Attributes:
        columns: Predicted against verified.
        verified: Number of architectures that were verified.
        failed: How many of them failed.
        seconds: What verification took.
        front: Rows of the study's verified architectures that hold the front, by the first objective.
        hypervolume: Of the verified architectures.
        share: The same over that of all known architectures: verified, random and the table's.
        random_shares: ``(S,)`` the same shares for sets of as many random architectures: drawn from the table, or the
            study's own verified random ones; empty if there are neither.
    """

    columns: tuple[ColumnCheck, ...]
    verified: int
    failed: int
    seconds: float
    front: tuple[int, ...]
    hypervolume: float
    share: float
    random_shares: tuple[float, ...]

    @property
    def random_share(self) -> float:
        """Median of ``random_shares``; NaN if there are none."""
        return float(np.median(self.random_shares)) if self.random_shares else float("nan")

    @property
    def beats_random(self) -> float:
        """Fraction of the random sets that hold less than the verified architectures; NaN if there are none."""
        if not self.random_shares:
            return float("nan")
        return float(np.mean(np.asarray(self.random_shares) < self.share))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values; NaN as None."""
        found = asdict(self) | {"random_share": self.random_share, "beats_random": self.beats_random}
        found["random_shares"] = list(self.random_shares)
        found["front"] = list(self.front)
        found["columns"] = [asdict(check) for check in self.columns]
        cleared: dict[str, Any] = _without_nan(found)
        return cleared


def report(
    study: Study, table: Mapping[str, FloatArray] | None = None, draws: int = 1000, seed: int = 0
) -> Verification:
    """Compare what a study verified with what was predicted, and with random search.

    Args:
        study: One with verified architectures.
        table: Column to ``(R,)`` values of random architectures, such as a benchmark's rows: random search is then
            ``draws`` sets of as many rows as were verified, and the hypervolume is scaled by the table. None compares
            with the study's own random architectures, if it has any.
        draws: Number of random sets from the table.
        seed: Of these draws.

    Raises:
        UnknownNameError: The table lacks a column of the objectives or constraints.
        ValueError: Nothing was verified.
    """
    verified, random = study.records("verified"), study.records("random")
    if not len(verified):
        raise ValueError("the study has no verified architectures to report; verify first")
    objectives, constraints = study.objectives, study.constraints
    others = [records.values for records in (random,) if len(records)]
    if table is not None:
        others.append({column: np.asarray(table[column], np.float64) for column in study.columns if column in table})
    known = others[-1] if others else verified.values
    points, *compared = (_points(values, objectives, constraints) for values in (verified.values, *others))
    sets = _random_sets(compared[-1], len(verified), draws, seed, table is not None) if compared else []
    scaling = _scaling(known, [verified.values, *others], objectives, constraints)
    whole = _held(np.concatenate([points, *compared]), scaling)
    held = _held(points, scaling)
    front = np.flatnonzero(non_dominated(points) & np.isfinite(points).all(axis=1))
    return Verification(
        columns=_checks(study.records("chosen"), verified, objectives),
        verified=len(verified),
        failed=sum(reason is not None for reason in verified.reasons),
        seconds=float(verified.seconds.sum()),
        front=tuple(int(row) for row in front[np.argsort(points[front, 0])]),
        hypervolume=held,
        share=held / whole if whole > 0 else float("nan"),
        random_shares=tuple(_held(drawn, scaling) / whole for drawn in sets) if whole > 0 else (),
    )


def _scaling(
    known: Mapping[str, FloatArray],
    found: Sequence[Mapping[str, FloatArray]],
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint],
) -> Scaling | None:
    """From the best of the ``known`` to the worst of all ``found`` that is accepted.

    Without a bound it is to the 95th percentile of the known; None where these do not vary.
    """
    try:
        scaling = Scaling.of(known, objectives)
    except ValueError:
        return None
    points = np.concatenate([minimised(values, objectives) for values in found])
    worst = points[np.isfinite(points).all(axis=1)].max(axis=0, initial=-np.inf)
    return scaling.up_to(worst_accepted(objectives, constraints), worst)


def _held(points: FloatArray, scaling: Scaling | None) -> float:
    """Hypervolume of ``(B, K)`` minimised objectives once they are scaled; NaN without a scale."""
    return float("nan") if scaling is None else hypervolume(scaling.scaled(points), scaling.corner)


def _points(
    values: Mapping[str, FloatArray], objectives: Sequence[Objective], constraints: Sequence[Constraint]
) -> FloatArray:
    """``(B, K)`` minimised objectives, inf for what breaks a constraint or failed."""
    points = minimised(values, objectives)
    kept = feasible(values, constraints) & np.isfinite(points).all(axis=1)
    return np.where(kept[:, None], points, np.inf)


def _random_sets(points: FloatArray, n: int, draws: int, seed: int, from_table: bool) -> list[FloatArray]:
    if not from_table or n >= len(points):
        return [points[:n]]
    rng = np.random.default_rng(seed)
    return [points[rng.choice(len(points), n, replace=False)] for _ in range(draws)]


def _checks(chosen: Records, verified: Records, objectives: Sequence[Objective]) -> tuple[ColumnCheck, ...]:
    rows = _matching(chosen.genotypes, verified.genotypes)
    goals = {objective.column: objective for objective in objectives}
    checks = []
    for column in chosen.std:
        if column in verified.values:
            predicted, truth = chosen.values[column][rows], verified.values[column]
            both = np.isfinite(predicted) & np.isfinite(truth)
            if both.any():
                goal = goals.get(column, Objective(column, "max"))
                checks.append(_check_column(goal, predicted[both], truth[both]))
    return tuple(checks)


def _check_column(goal: Objective, predicted: FloatArray, truth: FloatArray) -> ColumnCheck:
    # SciPy's statistics take half a second to import, and studies are opened by what never reports on them.
    from archgraph.metrics import kendall_tau

    error = predicted - truth
    return ColumnCheck(
        column=goal.column,
        n=len(error),
        bias=float(error.mean()),
        rmse=float(np.sqrt((error**2).mean())),
        tau=kendall_tau(predicted, truth) if len(error) > 1 else float("nan"),
        winner_gap=float(error[np.argmin(goal.minimised(predicted))]),
    )


def _matching(chosen: IntArray, verified: IntArray) -> IntArray:
    """``(B,)`` row of each verified genotype among the chosen ones, which hold all of them."""
    place = {genotype.tobytes(): row for row, genotype in enumerate(np.ascontiguousarray(chosen))}
    return np.array([place[genotype.tobytes()] for genotype in np.ascontiguousarray(verified)], dtype=np.int64)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value

"""What 'search' was asked to do, kept in the study so that 'resume', 'verify' and 'report' know it too."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archgraph.registry import UnknownNameError

if TYPE_CHECKING:
    from archgraph.data import ArchTable
    from archgraph.evaluators import Evaluator
    from archgraph.predictors import Predictor
    from archgraph.search import Study
    from archgraph.spaces import SearchSpace
    from archgraph.typing import FloatArray, IntArray

VERIFIERS = ("none", "supernet", "table", "command")


@dataclass(frozen=True)
class Plan:
    """The arguments of a search, as plain values.

    Attributes:
        where: Name of a table or a space, or a table's file.
        objectives: As ``Objective.parse`` reads them.
        constraints: As ``Constraint.parse`` reads them.
        predictors: A registered kind to train, ``column=file`` with commas between, or "none".
        strategy: As ``archgraph.search.search`` takes it.
        train_rows: Rows of the table to train on; None for all, and for none where the strategy learns as it goes.
        verifier: One of ``VERIFIERS``.
        command: The program and its arguments, for the verifier "command".
        budget: Architectures to verify.
        candidates: Architectures to score.
        population: Architectures of a generation; None leaves it to the strategy.
        min_gain: Share of the hypervolume below which a round of "iterative" is not worth it.
        random: Whether to verify as many random architectures.
        seed: Of everything random.

    Raises:
        UnknownNameError: There is no such verifier.
        ValueError: There is a command and another verifier, or none for the verifier "command".
    """

    where: str
    objectives: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    predictors: str = "xgb"
    strategy: str = "guided"
    train_rows: int | None = None
    verifier: str = "none"
    command: tuple[str, ...] = ()
    budget: int = 20
    candidates: int = 20_000
    population: int | None = None
    min_gain: float = 0.0
    random: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.verifier not in VERIFIERS:
            raise UnknownNameError("verifier", self.verifier, VERIFIERS)
        if self.command and self.verifier != "command":
            raise ValueError(f"--command PROGRAM belongs to --verifier command, but that is {self.verifier!r}")
        if self.verifier == "command" and not self.command:
            raise ValueError("--verifier command needs --command 'PROGRAM ARGUMENT ...', but there is none")

    @classmethod
    def of(cls, study: Study) -> Plan:
        """The plan that ``study`` was begun with.

        Raises:
            ValueError: It was not begun on the command line, or by another version's.
        """
        kept: dict[str, Any] | None = study.note("plan")
        if kept is None:
            raise ValueError(f"study {study.place!r} was not begun by 'archgraph search', so its plan is unknown")
        lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
        try:
            return cls(**kept | lists)
        except TypeError as error:
            raise ValueError(f"study {study.place!r} was begun by another version of archgraph: {error}") from error

    @property
    def by_whom(self) -> str:
        """The verifier, with its arguments where it is a program."""
        return " ".join([self.verifier, *([repr(shlex.join(self.command))] if self.command else [])])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @cached_property
    def table(self) -> ArchTable | None:
        """The table, if ``where`` names one; what formulas answer of the plan's columns is added where it is lacking.

        A name of both a table and a space means the space if predictors are given of what the table does not have.

        Raises:
            UnknownNameError: It names neither a table nor a space.
        """
        from archgraph.data import load, table_names
        from archgraph.spaces import REGISTRY

        if self.where.endswith(".npz") or (self.where in table_names() and not self._means_the_space()):
            return self._completed(load(self.where))
        if self.where not in REGISTRY:
            raise UnknownNameError("table or search space", self.where, sorted({*table_names(), *REGISTRY}))
        return None

    def _means_the_space(self) -> bool:
        from archgraph.data import table_card
        from archgraph.spaces import REGISTRY

        known = table_card(self.where).get("columns", {})
        return (
            self.where in REGISTRY
            and "=" in self.predictors
            and not set(predictor_files(self.predictors)) <= set(known)
        )

    def _completed(self, table: ArchTable) -> ArchTable:
        lacking = [column for column in self.columns if column not in table.columns]
        added = [column for column in lacking if column in _formulas(table.space)]
        if not added:
            return table
        costs = table.space.costs(table.genotypes)
        return replace(table, columns={**table.columns, **{column: costs[column] for column in added}})

    @property
    def space(self) -> SearchSpace:
        """The space to search; a table that is named like a space is of it, and need not be read to tell."""
        from archgraph.spaces import REGISTRY, space

        return space(self.where) if self.where in REGISTRY or self.table is None else self.table.space

    @property
    def columns(self) -> tuple[str, ...]:
        """What objectives and constraints speak of."""
        from archgraph.objectives import Constraint, Objective, wanted_columns

        goals = tuple(Objective.parse(text) for text in self.objectives)
        return wanted_columns(goals, tuple(Constraint.parse(text) for text in self.constraints))

    def models(self) -> dict[str, Predictor]:
        """Column to predictor, for what no formula answers: read from the files, or trained on the table.

        A strategy that ``learns`` is given predictors that are not trained yet.
        """
        if self.predictors == "none":
            return {}
        if "=" in self.predictors:
            from archgraph.predictors import load_predictor

            if self.train_rows is not None and not self.learns:
                raise ValueError("--train-rows is for predictors that are yet to be trained; leave it or the files out")

            return {column: load_predictor(file) for column, file in predictor_files(self.predictors).items()}
        formulas = _formulas(self.space)
        lacking = [column for column in self.columns if column not in formulas]
        return {column: self._model() if self.learns else self._trained(column) for column in lacking}

    def labelled(self) -> tuple[IntArray, Mapping[str, FloatArray]] | None:
        """The ``train_rows`` of the table with all values, for a strategy that learns as it goes; None without them."""
        if self.train_rows is None or not self.learns:
            return None
        if self.table is None:
            raise ValueError(f"--train-rows needs a table, but {self.where!r} is a search space; leave it out")
        train = self.table.measured(*self.columns).split(self.train_rows, self.seed)[0]
        return train.genotypes, train.columns

    @property
    def learns(self) -> bool:
        """Whether the strategy trains predictors as it goes."""
        from archgraph.search import SEARCHERS

        return self.strategy in SEARCHERS

    def _model(self) -> Predictor:
        from archgraph.bench import predictor_class

        return predictor_class(self.predictors)(seed=self.seed)

    def _trained(self, column: str) -> Predictor:
        model = self._model()
        if self.table is None:
            raise ValueError(
                f"there is no table to train a predictor of {column!r} on: {self.where!r} is a search space; "
                f"give --predictors {column}=FILE"
            )
        rows = self.table.measured(column)
        train = rows if self.train_rows is None else rows.split(self.train_rows, self.seed)[0]
        return model.fit(train.graphs, train[column], column, rows.units[column])

    def evaluator(self) -> Evaluator | None:
        """Who verifies the columns of the objectives and constraints; None for nobody."""
        if self.verifier == "none":
            return None
        if self.verifier == "table":
            from archgraph.evaluators import Tabular

            if self.table is None:
                raise ValueError(f"--verifier table needs a table, but {self.where!r} is a search space")
            return Tabular(self.table, self.columns)
        if self.verifier == "command":
            return self._program()
        from archgraph.evaluators.embedded import embedded_evaluator

        return embedded_evaluator(self.where, self.columns)

    def _program(self) -> Evaluator:
        """The command for what no formula tells, and the formulas."""
        from archgraph.evaluators import Combined, Costs, Only, Program

        told = [column for column in self.columns if column in _formulas(self.space)]
        asked = [column for column in self.columns if column not in told]
        program = Program(self.space, asked or self.columns, self.command)
        return Combined(program, Only(Costs(self.space), told)) if asked and told else program


def _formulas(space: SearchSpace) -> tuple[str, ...]:
    """Columns that formulas answer; none where the space describes no full network."""
    from archgraph.evaluators import Costs

    try:
        return Costs(space).columns
    except ValueError:
        return ()


def own_predictors(strategy: str) -> str:
    """What ``Plan.predictors`` is where nobody says."""
    from archgraph.search import SEARCHERS
    from archgraph.search.direct import learns

    if strategy in SEARCHERS:
        return "gp" if learns(strategy) else "none"
    return "xgb"


def predictor_files(text: str) -> dict[str, str]:
    """Column to file of ``column=file,column=file``.

    Raises:
        ValueError: A part is not of this form, or a column comes twice.
    """
    parts = [part.strip().partition("=") for part in text.split(",")]
    found = {column: file for column, _, file in parts}
    if len(found) < len(parts) or not all(column and file for column, _, file in parts):
        raise ValueError(f"--predictors must be a kind, or COLUMN=FILE with commas between, but is {text!r}")
    return found


def absolute(text: str) -> str:
    """A file, or the files of ``column=file,...``, as they are called from any folder; a kind of predictor as it is."""
    if "=" in text:
        return ",".join(f"{column}={os.path.abspath(file)}" for column, file in predictor_files(text).items())
    return os.path.abspath(text) if text.endswith(".npz") else text

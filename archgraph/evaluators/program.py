"""What a program of the user's answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from archgraph import _check
from archgraph._programs import check_command, json_object, last_line, printed, short
from archgraph.evaluators.base import Evaluator, evaluate_each
from archgraph.evaluators.called import checked_columns, numbers
from archgraph.evaluators.evaluation import Evaluation
from archgraph.spaces.base import SearchSpace
from archgraph.typing import IntArray

PLACE = "{architecture}"
"""What stands for the architecture's text in the arguments of a command."""


class Program(Evaluator):
    """Any command line that prints JSON, started once for each architecture, without a shell.

    It reads the architecture from its stdin, as a JSON object of variable to choice (``SearchSpace.to_config``), or
    from its arguments, where ``{architecture}`` stands for the text that the space writes. It prints a JSON object of
    column to number, on its last line or as all that it prints.

    Args:
        space: Where the architectures are from.
        columns: What the program answers.
        command: The program and its arguments.
        timeout: Seconds after which the program, and what it started, is ended: the architecture has failed then.

    Raises:
        ValueError: There is no such program, or no column, or one twice.
    """

    def __init__(
        self, space: SearchSpace, columns: Sequence[str], command: Sequence[str], timeout: float = 3600.0
    ) -> None:
        self.space = space
        self.columns = checked_columns(columns)
        self.command = check_command(command)
        self.timeout = _check.number("timeout", timeout)
        self.name = f"command-{Path(self.command[0]).name}"

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Answers for ``(B, G)`` genotypes, one after the other."""
        return evaluate_each(self.columns, self.space.check(genotypes), self._ask)

    def _ask(self, genotype: IntArray) -> dict[str, float]:
        text = self.space.format(genotype)
        arguments = [part.replace(PLACE, text) for part in self.command]
        out = printed(arguments, self.timeout, json.dumps(self.space.to_config(genotype)))
        found = json_object(out)
        if found is None:
            said = short(last_line(out)) if last_line(out) else "nothing"
            raise ValueError(f"the command printed {said}; let it print a JSON object of {', '.join(self.columns)}")
        return numbers(found, self.columns, "the command")

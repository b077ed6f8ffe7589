"""How long single operators take on a device: measured once, looked up, interpolated where they were not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from archgraph.graph import ArchGraph
from archgraph.graph.operators import operator_graph, operators
from archgraph.latency.device import folds
from archgraph.latency.interpolation import Interpolation
from archgraph.latency.latency_table import LatencyTable
from archgraph.typing import BoolArray, FloatArray

OPERATORS = "operators"
"""What stands for the name of a space in a latency table of operators."""

NOTHING = "input c_out=3,height=8,width=8 > identity"
"""An operator that does nothing: what it takes is spent on calling a network, whatever that does."""


class Told(NamedTuple):
    """Times of n operators.

    Attributes:
        milliseconds: ``(n,)``.
        interpolated: ``(n,)`` whether each was not measured itself.
    """

    milliseconds: FloatArray
    interpolated: BoolArray


def operator_networks(networks: Iterable[ArchGraph], folds: bool = False) -> dict[str, Callable[[], ArchGraph]]:
    """The distinct operators of full graphs, and the one that does nothing, as ``measure_into`` takes them.

    Args:
        networks: Full graphs.
        folds: Whether the device computes beforehand what depends on no input; see ``device.folds``.
    """
    texts = dict.fromkeys(text for network in networks for text in operators(network, folds))
    return {text: partial(operator_graph, text) for text in (NOTHING, *texts)}


class OperatorTimes:
    """A look-up table of operators that answers for any operator.

    Args:
        measured: Operators, as ``graph.operators`` writes them, to milliseconds.
        card: What they were measured on.

    Raises:
        ValueError: There is none, a time is not above 0, or a text is of no operator.
    """

    def __init__(self, measured: Mapping[str, float], card: Mapping[str, str] | None = None) -> None:
        self.measured = dict(measured)
        self.card = dict(card or {})
        # What does nothing tells nothing of what does something.
        texts = [text for text in self.measured if text != NOTHING]
        self._interpolation = Interpolation(texts, np.array([self.measured[text] for text in texts]))
        self._known: dict[str, float] = dict(self.measured)

    @classmethod
    def of_table(cls, table: LatencyTable, column: str) -> OperatorTimes:
        """What was measured into a column of a latency table.

        Raises:
            UnknownNameError: There is no such column.
            ValueError: It holds times of networks, not of operators, or none, or something else than times.
        """
        if table.space != OPERATORS:
            raise ValueError(
                f"{str(table.path)!r} holds times of {table.space!r}, not of operators; measure some with "
                "'archgraph measure SPACE --operators'"
            )
        measured, card = {row.architecture: row.found.median for row in table.rows(column)}, table.columns[column]
        if card["unit"] != "ms":
            raise ValueError(
                f"column {column!r} of {str(table.path)!r} is in {card['unit']}, and sums are of milliseconds; name a"
                " column of times"
            )
        return cls(measured, card)

    def __len__(self) -> int:
        return len(self.measured)

    @property
    def overhead(self) -> float:
        """Milliseconds that calling a network takes by itself; 0 where that was not measured."""
        return self.measured.get(NOTHING, 0.0)

    @property
    def folds(self) -> bool:
        """Whether the device spends no time on what depends on no input; False where the card does not say."""
        return folds(self.card)

    @property
    def error(self) -> float:
        """Median relative error of interpolation, by measured operators that were held out; NaN if they are few."""
        return self._interpolation.error

    def __call__(self, texts: Sequence[str]) -> Told:
        """Times of n operators; those that were not measured are interpolated.

        Raises:
            ValueError: A text is of no operator.
        """
        unknown = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known |= zip(unknown, self._interpolation(unknown).tolist(), strict=True)
        times = np.array([self._known[text] for text in texts], dtype=np.float64)
        return Told(times, np.array([text not in self.measured for text in texts], dtype=bool))

    def without(self, texts: Iterable[str]) -> OperatorTimes:
        """As if some had not been measured."""
        left_out = set(texts)
        return OperatorTimes({text: time for text, time in self.measured.items() if text not in left_out}, self.card)

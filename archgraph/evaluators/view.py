"""How a predictor is shown the architectures of a space."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from numpy.typing import ArrayLike

from archgraph.graph import GraphBatch
from archgraph.latency import OperatorSum
from archgraph.latency.operator_sum import COLUMN
from archgraph.predictors import Predictor
from archgraph.spaces import SearchSpace
from archgraph.typing import FloatArray


@dataclass(frozen=True)
class View:
    """What graphs a predictor was trained on, so that whoever has a space and genotypes can show it the like.

    Attributes:
        as_written: Whether graphs hold the operations that no path uses, see ``SearchSpace.written_graphs``.
        operators: Tells the column ``operators_ms`` beside the graphs; None for graphs without one.

    Example:
        >>> View(operators=sums).keep_in(model)
        >>> model.save("latency.agp")  # Predicted and the command line show it graphs with the column
    """

    as_written: bool = False
    operators: OperatorSum | None = None

    def keep_in(self, predictor: Predictor) -> None:
        """Have a fitted predictor, and what it is saved to, remember the view, until it is fitted again."""
        operators = None if self.operators is None else self.operators.state()
        predictor.view = {} if self == View() else {"as_written": self.as_written, "operators": operators}

    @classmethod
    def of(cls, predictor: Predictor) -> View:
        """What ``keep_in`` kept; the plain view where nothing did.

        All who ask for the same get one object: a sum that is to learn more must be a copy.

        Raises:
            ValueError: What was kept is damaged.
        """
        return _kept(json.dumps(dict(predictor.view), sort_keys=True)) if predictor.view else cls()

    def graphs(self, space: SearchSpace, genotypes: ArrayLike) -> GraphBatch:
        """The graphs of ``(B, G)`` genotypes, with the columns beside them.

        Raises:
            ValueError: A genotype is not of the space, or there are sums to tell and the space describes no full
                network.
        """
        graphs = space.written_graphs(genotypes) if self.as_written else space.graphs(genotypes)
        return graphs.with_columns(self.columns(space, genotypes))

    def columns(self, space: SearchSpace, genotypes: ArrayLike) -> dict[str, FloatArray]:
        """Name to ``(B,)`` numbers beside the graphs of ``(B, G)`` genotypes.

        Raises:
            ValueError: As ``graphs`` does.
        """
        return {} if self.operators is None else {COLUMN: self.operators.operators_ms(space, genotypes)}


# making a sum out of its table takes seconds, and a search asks several times
@lru_cache(maxsize=8)
def _kept(text: str) -> View:
    kept = json.loads(text)
    try:
        operators = None if kept["operators"] is None else OperatorSum.from_state(kept["operators"])
        return View(bool(kept["as_written"]), operators)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the view that the predictor keeps is damaged: {error}") from error

"""Answers of predictors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.evaluation import Evaluation
from archgraph.spaces.base import SearchSpace
from archgraph.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from archgraph.evaluators.view import View
    from archgraph.graph import GraphBatch
    from archgraph.predictors import Predictor


class Predicted(Evaluator):
    """Predicts every column from compact graphs, which are built once for all predictors of the same view.

    Args:
        space: Where the genotypes are from.
        predictors: Column to its fitted predictor, which is shown the graphs that its ``view`` says.
        with_std: Ask the predictors for standard deviations too; they land in the evaluation's ``std``.
        chunk: Architectures in memory at once.

    Raises:
        ValueError: There are no predictors.
    """

    name = "predicted"

    def __init__(
        self, space: SearchSpace, predictors: Mapping[str, Predictor], with_std: bool = False, chunk: int = 8192
    ) -> None:
        if not predictors:
            raise ValueError("predictors must name at least one column, but are empty")
        self.space = space
        self.predictors = dict(predictors)
        self.columns = tuple(predictors)
        self.with_std = with_std
        self.chunk = _check.positive_int("chunk", chunk)
        self._views = _views(self.predictors)

    def evaluate(self, genotypes: ArrayLike) -> Evaluation:
        """Predictions for ``(B, G)`` genotypes, in the unit of each column."""
        rows = self.space.check(genotypes)
        starts = range(0, max(len(rows), 1), self.chunk)
        return Evaluation.concatenate([self._predict(rows[start : start + self.chunk]) for start in starts])

    def _predict(self, genotypes: IntArray) -> Evaluation:
        shown: dict[str, GraphBatch] = {}
        for view, columns in self._views.items():
            shown |= dict.fromkeys(columns, view.graphs(self.space, genotypes))
        values: dict[str, FloatArray] = {}
        std: dict[str, FloatArray] = {}
        for column, predictor in self.predictors.items():
            graphs = shown[column]
            if self.with_std:
                values[column], std[column] = predictor.predict(graphs, return_std=True)
            else:
                values[column] = predictor.predict(graphs)
        return Evaluation(values, std=std).explained()


def _views(predictors: Mapping[str, Predictor]) -> dict[View, list[str]]:
    """Each view, and the columns whose predictors share it; what is no ``Predictor`` has the plain one."""
    from archgraph.evaluators.view import View
    from archgraph.predictors import Predictor

    found: dict[View, list[str]] = {}
    for column, predictor in predictors.items():
        view = View.of(predictor) if isinstance(predictor, Predictor) else View()
        found.setdefault(view, []).append(column)
    return found

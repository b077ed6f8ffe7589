"""A predictor that begins with what other benchmarks taught."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from archgraph import _check
from archgraph.graph import GraphBatch
from archgraph.predictors.base import Graphs, Scaled
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.local_prior import LocalPrior
from archgraph.predictors.prior import Prior, load_prior
from archgraph.predictors.stacking import stacking_weights, weighted_mean
from archgraph.typing import FloatArray

DOUBT = 0.5
"""Standard errors that are taken off the slope of the prior's score: only what the rows vouch for is believed."""


class TransferPredictor(FeaturePredictor):
    """Two predictors of one kind: one from scratch, and one of what a prior from other benchmarks leaves to explain.

    The second learns the target less ``slope`` times the prior's score. That slope is the one of least squares, but
    half a standard error smaller and never below 0: a prior that the rows contradict is left out, and what remains is
    the predictor from scratch. The out-of-fold predictions of both decide on their weights (see ``stacking_weights``).

    Args:
        prior: A ``Prior``, the path of a saved one, or, better with few rows, ``prior.at(graphs)`` with more graphs of
            the space: those need no labels, and a prior that is given as such must do with the training rows.
        base: Registered name of the kind of predictor; one that learns from graph features.
        goal: ``"max"`` or ``"min"``: which way the target is better.
        threads: For predicting; None = all cores.
        seed: Of both predictors.

    Attributes:
        slope_: Scaled target per unit of score; the card has it, too.
        weights_: Weights of the predictor from scratch and of the other, which is not there where its weight is 0.

    Source:
        A process on the residual of a slope times another model: Kennedy and O'Hagan, "Predicting the output from a
        complex computer code when fast approximations are available", Biometrika 87(1), 2000.
    """

    kind: ClassVar[str] = "transfer"

    def __init__(
        self,
        prior: Prior | LocalPrior | str | os.PathLike[str] | None = None,
        base: str = "gp",
        goal: str = "max",
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self.prior = prior
        self.base = base
        self.goal = goal
        self.threads = threads
        self.seed = seed

    def fit(self, graphs: Graphs, y: ArrayLike, target: str = "", unit: str = "") -> Self:
        """Learn from n architectures, see ``Predictor.fit``.

        Raises:
            ValueError: There is no prior, or it has never seen an operation of these graphs; or as ``Predictor.fit``.
            OSError: The prior's file cannot be read.
        """
        super().fit(graphs, y, target, unit)
        # what was learned holds the prior itself, wherever it came from
        self.parameters_ = self.parameters_ | {"prior": None}
        return self

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        _check.seed(self.seed)
        if self.goal not in ("max", "min"):
            raise ValueError(f"goal must be 'max' or 'min', but is {self.goal!r}")
        self.prior_ = self._prior(batch)
        self.sign_ = 1 if self.goal == "max" else -1
        self.base_ = self.base
        score = self._score(batch)
        self.slope_, left_out = slope(score, z)
        plain = self._member()
        learned = [plain._learn(batch, x, z)]
        self.members_, self.offset_ = [plain], 0.0
        weights: FloatArray = np.ones(1)
        if self.slope_ > 0:
            rest = self._member()
            self.offset_ = float(np.mean(z - self.slope_ * score))
            found = rest._learn(batch, x, z - self.slope_ * score - self.offset_)
            learned.append(found._replace(mean=found.mean + self.offset_ + left_out * score))
            weights = stacking_weights(np.stack([answer.mean for answer in learned], axis=1), z)
            self.members_.append(rest)
        self.weights_ = weights
        return weighted_mean(learned, self.weights_)

    def _prior(self, batch: GraphBatch) -> LocalPrior:
        prior = self.prior
        if prior is None:
            raise ValueError("prior must be given: a Prior, or the file of one that 'archgraph pretrain' wrote")
        if isinstance(prior, str | os.PathLike):
            prior = load_prior(prior)
        if isinstance(prior, Prior):
            return prior.at(batch)
        if not isinstance(prior, LocalPrior):
            raise ValueError(f"prior must be a Prior, a LocalPrior or a path, but is {prior!r}")
        return prior

    def _member(self) -> FeaturePredictor:
        """A new predictor of the kind ``base_`` that shares this one's features."""
        from archgraph.predictors import REGISTRY

        member = REGISTRY.get(str(self.base_))(seed=self.seed)
        if not isinstance(member, FeaturePredictor) or isinstance(member, TransferPredictor):
            raise ValueError(f"base must be a predictor that learns from graph features, but {self.base_!r} is not")
        member.features_ = self.features_
        if "threads" in member.get_params():
            member.set_params(threads=self.threads)
        return member

    def _score(self, batch: GraphBatch) -> FloatArray:
        return self.sign_ * self.prior_.predict(batch)

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        answers = [member._answer(batch, x, spread) for member in self.members_]
        if len(answers) > 1:
            known = self.offset_ + self.slope_ * self._score(batch)
            answers[1] = answers[1]._replace(mean=answers[1].mean + known)
        return weighted_mean(answers, self.weights_)

    def _card(self, batch: GraphBatch, y: FloatArray, held_out: FloatArray) -> dict[str, Any]:
        return super()._card(batch, y, held_out) | {"slope": self.slope_, "weights": self.weights_.tolist()}

    def _model_parts(self) -> dict[str, bytes]:
        numbers = {
            "base": str(self.base_),
            "sign": self.sign_,
            "slope": self.slope_,
            "offset": self.offset_,
            "weights": self.weights_.tolist(),
        }
        parts = {"transfer.json": json.dumps(numbers).encode(), **self.prior_.parts()}
        for number, member in enumerate(self.members_):
            parts |= {f"{number}/{part}": content for part, content in member._model_parts().items()}
        return parts

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        numbers = json.loads(parts["transfer.json"])
        self.base_, self.sign_ = numbers["base"], numbers["sign"]
        self.slope_, self.offset_ = numbers["slope"], numbers["offset"]
        self.weights_ = np.array(numbers["weights"])
        self.prior_ = LocalPrior.from_parts(parts)
        # so that a copy of what was loaded can be trained again
        self.prior = self.prior_
        self.members_ = [self._member() for _ in self.weights_]
        for number, member in enumerate(self.members_):
            own = [part for part in parts if part.startswith(f"{number}/")]
            member._restore_model({part.removeprefix(f"{number}/"): parts[part] for part in own})


def slope(score: FloatArray, z: FloatArray) -> tuple[float, FloatArray]:
    """How many units of the target a unit of score is worth, as far as the rows vouch for it.

    Args:
        score: ``(n,)`` of mean 0 and deviation 1 over the space.
        z: ``(n,)`` targets of mean 0 and deviation 1.

    Returns:
        The slope, at least 0, and ``(n,)`` what it had been without each row.
    """
    product, square = score @ z, score @ score
    with_all, *left_out = np.maximum(_less_doubt(product - np.append(0, score * z), square - np.append(0, score**2)), 0)
    return float(with_all), np.array(left_out)


def _less_doubt(products: FloatArray, squares: FloatArray) -> FloatArray:
    """Slopes of least squares less their doubt, from sums of products and of squares; the deviation of targets is 1."""
    squares = np.maximum(squares, 1e-9)
    less: FloatArray = products / squares - DOUBT / np.sqrt(squares)
    return less

"""What every predictor is: a scikit-learn regressor on graphs, with deviations, a card and a file."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple, Self, overload

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from archgraph import _check, metrics
from archgraph.graph import ArchGraph, GraphBatch
from archgraph.predictors.container import read_container, write_container
from archgraph.predictors.target import LogScale, TargetScale, scale_of
from archgraph.registry import UnknownNameError
from archgraph.typing import FloatArray

LEVEL = 0.9
"""Share of fresh rows that the calibrated central interval should cover."""

FEWEST = 9
"""Fewer out-of-fold errors than this have no quantile that fresh ones stay below in ``LEVEL`` of all cases."""

VIEW = "view.json"
"""Name of the file that holds ``Predictor.view``."""

Graphs = GraphBatch | Sequence[ArchGraph]


class Scaled(NamedTuple):
    """Predictions on the scale that the model learned.

    Attributes:
        mean: ``(B,)``.
        spread: ``(B,)`` how unsure the model is of each, as a standard deviation.
        optimism: Of out-of-fold predictions: how many times larger errors on fresh rows are, as far as known.
    """

    mean: FloatArray
    spread: FloatArray
    optimism: float = 1.0


class Predictor(RegressorMixin, BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is not typed
    """Learns one number of an architecture from its compact graph.

    Subclasses learn and predict on a scaled target; this class does the rest: checks, units, calibration of the
    standard deviation on out-of-fold errors, card and file. Keep to scikit-learn's rules: the constructor stores its
    arguments and does nothing else.

    Attributes:
        kind: Name in the registry; files name it.
        least_rows: Fewest rows to train on.
        card_: What was trained on what and how good it is; filled by ``fit``.
        view: How the training graphs were made of a space's genotypes, as ``evaluators.View`` keeps it in JSON values
            for those who predict genotypes; empty for those of ``SearchSpace.graphs`` alone, and after ``fit``.
    """

    kind: ClassVar[str]
    least_rows: ClassVar[int] = 8
    view: Mapping[str, Any] = MappingProxyType({})
    card_: dict[str, Any]

    @abstractmethod
    def _fit(self, batch: GraphBatch, z: FloatArray) -> Scaled:
        """Learn ``(n,)`` scaled targets; returns out-of-fold predictions, their mean NaN where a row has none."""

    @abstractmethod
    def _predict(self, batch: GraphBatch, spread: bool) -> Scaled:
        """Scaled predictions for B graphs; unless ``spread`` is asked for, it may be anything."""

    def _target_scale(self, y: FloatArray) -> TargetScale | LogScale:
        """The scale that ``(n,)`` targets are learned on."""
        return TargetScale.learn(y)

    @abstractmethod
    def _parts(self) -> dict[str, bytes]:
        """What ``fit`` learned, as named files."""

    @abstractmethod
    def _restore(self, parts: Mapping[str, bytes]) -> None:
        """The inverse of ``_parts``."""

    def fit(self, graphs: Graphs, y: ArrayLike, target: str = "", unit: str = "") -> Self:
        """Learn from n architectures.

        Args:
            graphs: The architectures.
            y: ``(n,)`` targets in their own unit.
            target: Name of the target, for the card.
            unit: Its unit, for the card.

        Raises:
            ValueError: The lengths differ, there are fewer than ``least_rows`` rows, a target is not finite, a
                parameter is out of range, or training diverged.
        """
        batch = GraphBatch.from_graphs(graphs)
        if len(batch) < self.least_rows:
            raise ValueError(f"graphs must hold at least {self.least_rows} training rows, but hold {len(batch)}")
        values = _check.finite_vector("y", y, len(batch))
        scale = self._target_scale(values)
        # Should learning fail, this is no fitted predictor, nor half of an earlier one.
        for name in ("scale_", "view"):
            self.__dict__.pop(name, None)
        z = scale.scale(values)
        held_out = self._fit(batch, z)
        self.parameters_ = self.get_params()
        self._calibrate(z, held_out)
        self.card_ = self._card(batch, values, scale.unscale(held_out.mean)) | {"target": target, "unit": unit}
        self.scale_ = scale
        return self

    @overload
    def predict(self, graphs: Graphs, return_std: Literal[False] = False) -> FloatArray: ...
    @overload
    def predict(self, graphs: Graphs, return_std: Literal[True]) -> tuple[FloatArray, FloatArray]: ...
    def predict(self, graphs: Graphs, return_std: bool = False) -> FloatArray | tuple[FloatArray, FloatArray]:
        """Predict B architectures.

        Args:
            graphs: The architectures.
            return_std: Give standard deviations too.

        Returns:
            ``(B,)`` predictions in the unit of the training targets, and, if asked for, ``(B,)`` standard deviations in
            that unit: 1.645 of them either way cover about 90 % of the truth.

        Raises:
            NotFittedError: ``fit`` was not called.
        """
        check_is_fitted(self, "scale_")
        scaled = self._predict(GraphBatch.from_graphs(graphs), spread=return_std)
        mean = self.scale_.unscale(scaled.mean)
        if not return_std:
            return mean
        return mean, self.scale_.unscale_std(scaled.mean, np.hypot(self.error_, self.trust_ * scaled.spread))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted predictor to one file, whole or not at all; ``load_predictor`` reads it.

        Raises:
            NotFittedError: ``fit`` was not called.
            OSError: The file cannot be written.
        """
        check_is_fitted(self, "scale_")
        header = {
            "kind": self.kind,
            "parameters": self.parameters_,
            "scale": self.scale_.state(),
            "error": self.error_,
            "trust": self.trust_,
            "card": self.card_,
        }
        seen = {VIEW: json.dumps(dict(self.view)).encode()} if self.view else {}
        write_container(path, header, self._parts() | seen)

    def _calibrate(self, z: FloatArray, held_out: Scaled) -> None:
        """Set what makes deviations cover ``LEVEL`` of the errors on fresh rows.

        That is a scaled deviation beside the spread, or, where the spread alone covers more, the share of it that is
        enough: as the quantile of out-of-fold errors says that split conformal prediction takes, and, of fewer than
        ``FEWEST``, at least what Student's t says, as if errors were normal.
        """
        known = np.isfinite(held_out.mean)
        errors = held_out.optimism * np.abs(held_out.mean - z)[known]
        if not len(errors):
            raise ValueError(
                f"{type(self).__name__} gives no finite prediction for its held-out rows: training diverged; "
                "choose gentler parameters, such as a lower learning_rate"
            )
        normal = stats.norm.ppf((1 + LEVEL) / 2)
        needed, spread = errors / normal, np.maximum(held_out.spread[known], 1e-12)
        # the usual finite-sample correction of split conformal prediction
        rank = min(1.0, LEVEL * (1 + 1 / len(errors)))
        lacking, share = (float(np.quantile(each, rank)) for each in (needed**2 - spread**2, needed / spread))
        if len(errors) < FEWEST:
            wide = stats.t.ppf((1 + LEVEL) / 2, len(errors)) / normal
            lacking = max(lacking, float(wide**2 * np.mean(errors**2) - np.mean(spread**2)))
            share = max(share, float(wide * np.sqrt(np.mean((errors / spread) ** 2))))
        self.error_ = max(0.0, lacking) ** 0.5
        self.trust_ = 1.0 if lacking >= 0 else min(1.0, share)

    def _card(self, batch: GraphBatch, y: FloatArray, held_out: FloatArray) -> dict[str, Any]:
        rows = np.isfinite(held_out)
        guesses, several = held_out[rows], rows.sum() > 1
        digest = hashlib.sha256(np.ascontiguousarray(y, dtype="<f8").tobytes())
        for array in (batch.ops, batch.attrs, batch.node_start, batch.edges, batch.edge_start):
            digest.update(array.tobytes())
        for name, column in batch.columns.items():
            digest.update(name.encode() + column.astype("<f8").tobytes())
        return {
            "predictor": self.kind,
            "n": len(y),
            "seed": getattr(self, "seed", None),
            "inputs": list(batch.columns),
            "data_sha256": digest.hexdigest(),
            "cv_rows": int(rows.sum()),
            "cv_tau": _or_none(metrics.kendall_tau(guesses, y[rows])) if several else None,
            "cv_spearman": _or_none(metrics.spearman(guesses, y[rows])) if several else None,
            "cv_rmse": metrics.rmse(guesses, y[rows]),
            "versions": {"python": platform.python_version(), **_versions()},
        }


def _versions() -> dict[str, str]:
    from archgraph import __version__

    return {"archgraph": __version__} | {name: version(name) for name in ("numpy", "torch", "xgboost")}


def _or_none(value: float) -> float | None:
    """JSON has no NaN."""
    return value if np.isfinite(value) else None


def load_predictor(path: str | os.PathLike[str]) -> Predictor:
    """The predictor that ``Predictor.save`` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is truncated, altered or no predictor.
        UnknownNameError: It is of a kind that is not registered here.
    """
    from archgraph.predictors import REGISTRY

    header, parts = read_container(path)
    if "parameters" not in header:
        raise ValueError(
            f"{str(path)!r} holds no predictor but {header.get('kind')!r}, which predictors begin with; see 'archgraph"
            " adapt' and 'archgraph fit --prior'"
        )
    try:
        kind = REGISTRY.get(header["kind"])
        model = kind(**header["parameters"])
        model.parameters_ = model.get_params()
        model.scale_ = scale_of(header["scale"])
        model.error_, model.trust_ = float(header["error"]), float(header["trust"])
        model.card_ = header["card"]
        if VIEW in parts:
            model.view = json.loads(parts[VIEW])
        model._restore(parts)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        if isinstance(error, UnknownNameError):
            raise
        raise ValueError(f"{str(path)!r} is damaged or no predictor: {error}") from error
    return model

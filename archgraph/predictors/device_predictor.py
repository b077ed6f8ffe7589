"""A predictor for a device on which few architectures were measured."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.utils.validation import check_is_fitted

from archgraph import _check
from archgraph.features.work import Work
from archgraph.graph import GraphBatch
from archgraph.graph.use import used_nodes
from archgraph.predictors.base import LEVEL, Graphs, Scaled
from archgraph.predictors.explanations import Part, explain
from archgraph.predictors.feature_predictor import FeaturePredictor
from archgraph.predictors.folds import fold_numbers
from archgraph.predictors.gp_predictor import GaussianProcessPredictor
from archgraph.predictors.known_devices import KnownDevices, load_known_devices
from archgraph.predictors.outliers import calmed
from archgraph.predictors.stacking import stacking_weights, weighted_mean
from archgraph.predictors.target import LogScale
from archgraph.typing import FloatArray

MOST_FOLDS = 20
"""Up to this many rows each is held out on its own."""

ROWS_FOR_PROCESSES, ROWS_EACH_KNOWN = 20, 8
"""From as many rows on, and as many for each known device, Gaussian processes learn what the sum leaves, and the whole.
(What a process on the rest alone does on two benchmarks, beside twelve known devices, each of thirteen in turn as the
new one: it lowers Spearman's correlation by .008 and .012 after 20 rows, by .003 and .011 after 50; after 100 it adds
.004 and takes .002. Beside one known device the sum alone is too poor after 30.)"""

ROWS_FOR_KINDS = 20
"""From as many rows on not only the number of operations of a kind is a part, but what they cost, too. (With six rows
that costs more than it brings.)"""

SMALL = 0.3
"""Where no process helps the sum, measurements below this share of the median count as if they were that. (Each of
thirteen devices in turn as the new one, after 10 rows: on the one that has such, half of all architectures are known to
23 instead of 37 %, and where archgraph chooses the rows, to 67 instead of 98 %; nothing changes on the others.)"""

SKIPS = 0.1
"""Odds that a device spends no time on what no data flows through. (After 10 rows, half of all architectures are known
to 13 instead of 23 % on that same device, Spearman's correlation there from .870 to .897; with even odds others lose
.001, and .007 after 3. With processes nothing is gained.)"""

LEAST_SUM = 1e-3
"""Sums below this share of the mean are not believed."""

UNLIKE = 0.2
"""A device of whose mean time known devices tell a smaller share is unlike them."""


class Learned(NamedTuple):
    """What rows teach.

    Attributes:
        sum: ``(P + 1,)`` weights of the parts and of the constant.
        processes: Those trusted, of what the sum's logarithm leaves, ``"rest"``, and of everything, ``"whole"``.
        weights: ``(1 + M,)`` of the sum and of each process.
        offsets: Name of a process to the mean of what it learned.
        held_out: ``(n,)`` all together for each row, made without it.
    """

    sum: FloatArray
    processes: dict[str, GaussianProcessPredictor]
    weights: FloatArray
    offsets: dict[str, float]
    held_out: Scaled


class DevicePredictor(FeaturePredictor):
    """Latency, or any other cost above 0, on a new device, as a sum of parts none of which is negative.

    The parts are what the architecture takes on known devices, how much work it is (nodes, parameters,
    multiply-accumulates, bytes, operations of each kind and what they cost), of all operations or of those that data
    flows through, what columns beside the graphs say that are above 0 for all training rows (an estimate such as the
    sum over operators, see ``latency.OperatorSum``), and a constant. Which of these groups explain the device, and how
    noisy its measurements are, is not known beforehand: explanations are averaged, each weighed by how likely its
    errors on held-out rows make it, so that a device unlike all known ones is told by its work alone. With 20 rows or
    more, and 8 for each known device, a Gaussian process learns what the logarithm of the sum leaves and another one
    the whole, and both are trusted as far as held-out rows say. Where one is trusted, all is learned once more with
    measurements that stray believed in part, and kept if held-out rows are told better.

    Args:
        known: ``KnownDevices``, or the path of saved ones; None leaves the work alone.
        threads: For predicting; None = all cores.
        seed: Of folds and of the processes.

    Attributes:
        sum_: ``(P + 1,)`` weights of known devices, work, columns and constant, all explanations together.
        beside_: Columns beside the graphs that are parts of the sum, to their geometric means.
        processes_: Those trusted, see ``Learned``.
        shares_: Of the mean of the sum over the training rows, the part that each known device tells; the card has
            them, and the median relative error of held-out rows.
    """

    shares_: dict[str, float]
    kind: ClassVar[str] = "device"
    least_rows: ClassVar[int] = 3

    def __init__(
        self,
        known: KnownDevices | str | os.PathLike[str] | None = None,
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self.known = known
        self.threads = threads
        self.seed = seed

    def fit(self, graphs: Graphs, y: ArrayLike, target: str = "", unit: str = "") -> Self:
        """Learn from n architectures, see ``Predictor.fit``.

        Raises:
            ValueError: A target is not above 0, or as ``Predictor.fit``.
            OSError: The file of known devices cannot be read.
        """
        super().fit(graphs, y, target, unit)
        # what was learned holds the known devices themselves, wherever they came from
        self.parameters_ = self.parameters_ | {"known": None}
        return self

    def factors(self, graphs: Graphs) -> FloatArray:
        """``(B,)`` factors: about 90 % of the truth lies between the prediction over its factor and that times it.

        They are the deviations of ``predict`` on the logarithmic scale, where they are calibrated.

        Raises:
            NotFittedError: ``fit`` was not called.
        """
        check_is_fitted(self, "scale_")
        spread = self._predict(GraphBatch.from_graphs(graphs), spread=True).spread
        width = stats.norm.ppf((1 + LEVEL) / 2) * np.hypot(self.error_, self.trust_ * spread)
        factors: FloatArray = np.exp(width)
        return factors

    @property
    def is_unlike(self) -> bool:
        """Whether the device is like none of the known ones, so that its own measurements must tell all."""
        return sum(self.shares_.values(), 0.0) < UNLIKE

    def _target_scale(self, y: FloatArray) -> LogScale:
        return LogScale.learn(y)

    def _learn(self, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Scaled:
        rng = np.random.default_rng(_check.seed(self.seed))
        self.known_ = load_known_devices(self.known) if isinstance(self.known, str | os.PathLike) else self.known
        if not isinstance(self.known_, KnownDevices | None):
            raise ValueError(f"known must be KnownDevices, a path or None, but is {self.known_!r}")
        self.work_ = Work.learn(batch) if self.known_ is None else self.known_.work
        names = () if self.known_ is None else self.known_.names
        self.by_kind_ = len(z) >= ROWS_FOR_KINDS
        self.beside_ = _means_of_positive(batch)
        enough = len(z) >= max(ROWS_FOR_PROCESSES, ROWS_EACH_KNOWN * len(names))
        self.idle_ = not enough and not used_nodes(batch).all()
        devices, *work, beside = self._parts_of(batch)
        choices = [
            (None, Part(devices, 1 / len(names))) if names else (None,),
            (None, *(Part(amounts, 0.0, 1.0 if place < 2 else SKIPS) for place, amounts in enumerate(work))),
            (None, Part(beside, 1 / len(self.beside_))) if self.beside_ else (None,),
        ]
        fold = fold_numbers(len(z), min(MOST_FOLDS, len(z)), rng)

        def learned(targets: FloatArray) -> Learned:
            unit = np.exp(targets.mean())
            weights, held_out = explain(choices, np.exp(targets) / unit, fold, small=0.0 if enough else SMALL)
            plain = Scaled(_logarithm(unit * held_out), np.zeros(len(targets)))
            found = Learned(unit * weights, {}, np.ones(1), {}, plain)
            return self._with_processes(found, batch, x, targets) if enough else found

        best = learned(z)
        if best.processes:
            # once more, with what strays believed in part, if that tells the others better
            again = learned(calmed(z, best.held_out.mean))
            best = min(best, again, key=lambda each: float(np.mean(np.abs(z - each.held_out.mean))))
        self.sum_, self.processes_, self.weights_, self.offsets_, held_out = best
        told = devices.mean(axis=0) * self.sum_[: len(names)] / np.mean(self._sum(batch))
        self.shares_ = dict(zip(names, told.tolist(), strict=True))
        return held_out

    def _with_processes(self, plain: Learned, batch: GraphBatch, x: FloatArray, z: FloatArray) -> Learned:
        """Learn what held-out sums leave, and the whole, as far as it is worth it."""
        targets = {"rest": z - plain.held_out.mean, "whole": z}
        offsets = {name: float(target.mean()) for name, target in targets.items()}
        models = {name: self._new_process() for name in targets}
        found = {name: model._learn(batch, x, targets[name] - offsets[name]) for name, model in models.items()}
        answers = _answers(plain.held_out, found, offsets)
        weights = stacking_weights(np.stack([answer.mean for answer in answers], axis=1), z)
        trusted = {name: model for (name, model), weight in zip(models.items(), weights[1:], strict=True) if weight > 0}
        kept = np.append(weights[0], weights[1:][weights[1:] > 0])
        return Learned(plain.sum, trusted, kept, offsets, weighted_mean(answers, weights))

    def _new_process(self) -> GaussianProcessPredictor:
        process = GaussianProcessPredictor(threads=self.threads, seed=self.seed)
        process.features_ = self.features_
        return process

    def _answer(self, batch: GraphBatch, x: FloatArray, spread: bool) -> Scaled:
        plain = Scaled(_logarithm(self._sum(batch)), np.zeros(len(batch)))
        found = {name: process._answer(batch, x, spread) for name, process in self.processes_.items()}
        return weighted_mean(_answers(plain, found, self.offsets_), self.weights_)

    def _sum(self, batch: GraphBatch) -> FloatArray:
        """``(B,)`` relative to the geometric mean of the training rows."""
        total: FloatArray = np.column_stack([*self._parts_of(batch), np.ones(len(batch))]) @ self.sum_
        return total

    def _parts_of(self, batch: GraphBatch) -> tuple[FloatArray, ...]:
        """What known devices take, ``(B, S)``, costs, ``(B, 4)``, these and those by kind, used ones alone, columns."""
        devices = np.zeros((len(batch), 0)) if self.known_ is None else self.known_.predict(batch)
        parts = [devices]
        for amounts in (self.work_, self.work_.used) if self.idle_ else (self.work_,):
            work = amounts(batch)[:, slice(None) if self.by_kind_ else self.work_.counts]
            costs = work[:, self.work_.costs]
            parts += [costs / costs.shape[1], work / work.shape[1]]
        # one that is not known counts as the mean
        given = [np.nan_to_num(batch.columns[name] / mean, nan=1.0) for name, mean in self.beside_.items()]
        beside = np.column_stack(given) if given else np.zeros((len(batch), 0))
        return (*parts, np.maximum(beside, 0.0))

    def _card(self, batch: GraphBatch, y: FloatArray, held_out: FloatArray) -> dict[str, Any]:
        shown = {name: share for name, share in self.shares_.items() if share > 0}
        error = float(np.median(np.abs(held_out / y - 1)))
        told = {"known_devices": shown, "unlike_known_devices": self.is_unlike, "cv_relative_error": error}
        return super()._card(batch, y, held_out) | told

    def _model_parts(self) -> dict[str, bytes]:
        numbers = {
            "sum": self.sum_.tolist(),
            "shares": self.shares_,
            "work": self.work_.state(),
            "beside": self.beside_,
            "known": self.known_ is not None,
            "by_kind": self.by_kind_,
            "idle": self.idle_,
            "processes": list(self.processes_),
            "weights": self.weights_.tolist(),
            "offsets": self.offsets_,
        }
        parts = {"device.json": json.dumps(numbers).encode()}
        if self.known_ is not None:
            parts |= self.known_.parts()
        for name, process in self.processes_.items():
            parts |= {f"{name}/{part}": content for part, content in process._model_parts().items()}
        return parts

    def _restore_model(self, parts: Mapping[str, bytes]) -> None:
        numbers = json.loads(parts["device.json"])
        self.sum_ = np.array(numbers["sum"])
        self.shares_ = numbers["shares"]
        self.work_ = Work.from_state(numbers["work"])
        self.beside_, self.by_kind_, self.idle_ = numbers["beside"], numbers["by_kind"], numbers.get("idle", False)
        self.known_ = KnownDevices.from_parts(parts) if numbers["known"] else None
        # so that a copy of what was loaded can be trained again
        self.known = self.known_
        self.weights_, self.offsets_ = np.array(numbers["weights"]), numbers["offsets"]
        self.processes_ = {name: self._new_process() for name in numbers["processes"]}
        for name, process in self.processes_.items():
            own = [part for part in parts if part.startswith(f"{name}/")]
            process._restore_model({part.removeprefix(f"{name}/"): parts[part] for part in own})


def _answers(plain: Scaled, found: Mapping[str, Scaled], offsets: Mapping[str, float]) -> list[Scaled]:
    """The sum's logarithms, then those that each process tells."""
    behind = {"rest": plain.mean, "whole": np.zeros_like(plain.mean)}
    shifted = (answer._replace(mean=answer.mean + behind[name] + offsets[name]) for name, answer in found.items())
    return [plain, *shifted]


def _means_of_positive(batch: GraphBatch) -> dict[str, float]:
    """The columns beside the graphs that are above 0 throughout, to their geometric means."""
    columns = {name: values for name, values in batch.columns.items() if np.all(values > 0)}
    return {name: float(np.exp(np.mean(np.log(values)))) for name, values in columns.items()}


def _logarithm(total: FloatArray) -> FloatArray:
    logarithm: FloatArray = np.log(np.maximum(total, LEAST_SUM))
    return logarithm

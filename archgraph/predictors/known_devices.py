"""What was measured on many devices, to know a new one by."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load, save

from archgraph import _check
from archgraph._threads import one_blas_thread
from archgraph.features import GraphFeatures
from archgraph.features.work import Work
from archgraph.graph import GraphBatch
from archgraph.predictors.base import Graphs
from archgraph.predictors.container import content_hash, read_container, write_container
from archgraph.predictors.gaussian_process import GaussianProcess
from archgraph.predictors.gp_inputs import Inputs
from archgraph.predictors.gp_kernel import likely_kernel
from archgraph.predictors.target import LogScale
from archgraph.typing import FloatArray

KIND = "known-devices"
PARTS = ("devices.json", "devices.safetensors")
"""Names of the files that hold them."""

ROWS = 900
"""Rows that teach, unless told otherwise."""

DECIDING = 900
"""Of them, at most so many decide on a kernel."""

FREEDOM, STEPS = 2.0, 60
"""As for ``likely_kernel``."""

LEAST_ROWS = 32

Progress = Callable[[str, int, int], object]


class KnownDevices:
    """Predicts the columns of devices on which many architectures were measured.

    Each device has a Gaussian process on graph features of its own; features are computed once for all. It never
    changes: copies of models share it.

    Args:
        devices: By name, the process of the logarithm of a cost there, less the mean.
        features: What the processes look at.
        inputs: What of it they compare.
        work: Amounts of work in architectures of the space.
        card: What was learned from.
    """

    def __init__(
        self,
        devices: Mapping[str, GaussianProcess],
        features: GraphFeatures,
        inputs: Inputs,
        work: Work,
        card: Mapping[str, Any],
    ) -> None:
        self.devices = dict(devices)
        self.features = features
        self.inputs = inputs
        self.work = work
        self.card = dict(card)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the S devices."""
        return tuple(self.devices)

    @classmethod
    def learn(
        cls,
        graphs: Graphs,
        measured: Mapping[str, ArrayLike],
        rows: int = ROWS,
        seed: int = 0,
        card: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """From R architectures.

        Args:
            graphs: The architectures, graphs that hold every operation that was run.
            measured: Device to ``(R,)`` what was measured there, in any unit; NaN where nothing was.
            rows: Random rows of those measured that each device teaches with, if it has as many.
            seed: Of the rows.
            card: What to remember beside. 'archgraph adapt' asks it for the name of the ``"space"``, and whether the
                graphs are ``"as_written"``, those of ``SearchSpace.written_graphs``.
            progress: Told after each device.

        Raises:
            ValueError: There is no device, a column has another length or a value that is not above 0, or a device has
                fewer than 32 rows.
        """
        batch = GraphBatch.from_graphs(graphs)
        if not measured:
            raise ValueError("measured must hold at least one device, but holds none")
        rng = np.random.default_rng(_check.seed(seed))
        order = rng.permutation(len(batch))
        taught = order[: _check.positive_int("rows", rows)]
        # each known device in turn as the new one, what data flows through takes .0004 of Spearman's correlation
        features = GraphFeatures(reach=False).fit(batch[taught])
        x = features.transform(batch)
        inputs = Inputs.learn(features, x[taught])
        devices: dict[str, GaussianProcess] = {}
        with one_blas_thread():
            for number, (name, column) in enumerate(measured.items(), 1):
                y = np.asarray(column, dtype=np.float64)
                if y.shape != (len(batch),):
                    raise ValueError(f"measured[{name!r}] must have shape ({len(batch)},), but has {y.shape}")
                known = order[np.isfinite(y[order])][:rows]
                if len(known) < LEAST_ROWS:
                    raise ValueError(f"device {name!r} must have at least {LEAST_ROWS} rows, but has {len(known)}")
                devices[name] = _process(inputs(x[known]).astype(np.float64), y[known], name)
                if progress is not None:
                    progress("learning devices", number, len(measured))
        return cls(devices, features, inputs, Work.learn(batch[taught]), {"seed": int(seed), **(card or {})})

    def predict(self, graphs: Graphs) -> FloatArray:
        """``(B, S)`` what is expected of B architectures on each device, relative to the geometric mean there."""
        batch = GraphBatch.from_graphs(graphs)
        scaled = self.inputs(self.features.transform(batch))
        with one_blas_thread():
            return np.exp(np.column_stack([process.mean(scaled) for process in self.devices.values()]))

    def parts(self) -> dict[str, bytes]:
        """What ``from_parts`` needs, as named files."""
        texts = {
            "devices": {name: process.numbers() for name, process in self.devices.items()},
            "features": self.features.state(),
            "inputs": self.inputs.state(),
            "work": self.work.state(),
            "card": self.card,
        }
        arrays: dict[str, NDArray[Any]] = {}
        for number, process in enumerate(self.devices.values()):
            arrays |= process.arrays(f"{number}.")
        return dict(zip(PARTS, (json.dumps(texts).encode(), save(arrays)), strict=True))

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Self:
        """The inverse of ``parts``; other files are passed over."""
        texts, arrays = json.loads(parts[PARTS[0]]), load(parts[PARTS[1]])
        devices = {
            name: GaussianProcess.restored(arrays, f"{number}.", numbers)
            for number, (name, numbers) in enumerate(texts["devices"].items())
        }
        features, inputs = GraphFeatures.from_state(texts["features"]), Inputs.from_state(texts["inputs"])
        return cls(devices, features, inputs, Work.from_state(texts["work"]), texts["card"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file, whole or not at all; ``load_known_devices`` reads it.

        Raises:
            OSError: The file cannot be written.
        """
        write_container(path, {"kind": KIND, "card": self.card}, self.parts())

    def __repr__(self) -> str:
        return f"KnownDevices({len(self.devices)} devices, {content_hash(self.parts())})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def load_known_devices(path: str | os.PathLike[str]) -> KnownDevices:
    """What ``KnownDevices.save`` wrote, or what a saved ``DevicePredictor`` began with.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is truncated or altered, or holds no known devices.
    """
    header, parts = read_container(path)
    if PARTS[0] not in parts:
        raise ValueError(
            f"{str(path)!r} is a model of kind {header.get('kind')!r} that holds no known devices; make some with"
            " 'archgraph fit TABLE --devices COLUMN,...' or KnownDevices.learn"
        )
    try:
        return KnownDevices.from_parts(parts)
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{str(path)!r} is damaged: {error}") from error


def _process(x: FloatArray, y: FloatArray, name: str) -> GaussianProcess:
    """From ``(n, I)`` inputs in random order and ``(n,)`` measurements."""
    try:
        z = LogScale.learn(y).scale(y)
    except ValueError as error:
        raise ValueError(f"device {name!r}: {error}") from error
    few = slice(DECIDING)
    kernel = likely_kernel(x[few], z[few] - z[few].mean(), np.zeros(x.shape[1]), FREEDOM, STEPS)
    return GaussianProcess.given(kernel, x, z, np.arange(len(z)))[0]

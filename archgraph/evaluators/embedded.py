"""The evaluators that an embedded table was measured with, to be asked about any architecture of its space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from archgraph._datasets import dataset_card, dataset_names
from archgraph.data import ArchTable
from archgraph.evaluators.base import Evaluator
from archgraph.evaluators.combined import Combined, Only
from archgraph.evaluators.costs import Costs
from archgraph.registry import UnknownNameError
from archgraph.spaces import SearchSpace, space


def embedded_names() -> list[str]:
    """Data sets that hold both a table and the supernet that it was measured on."""
    return [name for name in dataset_names() if {"table", "supernet"} <= set(dataset_card(name))]


def embedded_space(name: str) -> SearchSpace:
    """The space of the data set ``name``."""
    return space(dataset_card(name)["supernet"].get("space", name))


def embedded_evaluator(name: str, columns: Sequence[str]) -> Evaluator:
    """Answers ``columns`` of the data set ``name`` as its table's rows were measured.

    Accuracies come from the supernet on the images that the card names for the column, latencies from this machine on
    the device that it names, and costs from the formulas of the space.

    Args:
        name: A data set with a table and a supernet.
        columns: Columns of its card, or costs.

    Raises:
        UnknownNameError: There is no such data set, or it does not say how a column is measured.
        OSError: The supernet's weights cannot be read.
        ValueError: The weights are damaged, or there is no column or one twice.
    """
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(f"columns must be at least one, none twice, but are {list(columns)}")
    if name not in embedded_names():
        raise UnknownNameError("data set with a supernet", name, embedded_names())
    card = dataset_card(name)
    images = {column: given["images"] for column, given in card["columns"].items() if "images" in given}
    devices = {column: given["device"] for column, given in card["columns"].items() if "device" in given}
    known = [*images, *devices, *Costs.columns]
    for column in columns:
        if column not in known:
            raise UnknownNameError("column that can be measured", column, known)
    parts: list[Evaluator] = []
    scored = {column: images[column] for column in columns if column in images}
    if scored:
        parts.append(_subnet(name, scored, card["supernet"]["calibration"]))
    parts.extend(_measured(name, column, devices[column]) for column in columns if column in devices)
    counted = [column for column in columns if column in Costs.columns]
    if counted:
        parts.append(Only(Costs(embedded_space(name)), counted))
    return Combined(*parts) if len(parts) > 1 else parts[0]


def _subnet(name: str, images: Mapping[str, Mapping[str, Any]], calibration: Mapping[str, Any]) -> Evaluator:
    from archgraph.data.task import load_task
    from archgraph.evaluators.subnet import Subnet
    from archgraph.supernets import load_supernet

    task = load_task(name)
    scenes = {column: task.tensors(**given) for column, given in images.items()}
    return Subnet(load_supernet(name), scenes, task.tensors(**calibration)[0])


def _measured(name: str, column: str, device: Mapping[str, Any]) -> Evaluator:
    from archgraph.evaluators.measured import Measured
    from archgraph.latency.described import device_of

    arguments = {key: value for key, value in device.items() if key != "kind"}
    return Measured(embedded_space(name), device_of(device["kind"], arguments), column)


def machine_factors(table: ArchTable, columns: Sequence[str], rows: int = 24, seed: int = 0) -> dict[str, float]:
    """How many times as long this machine takes as the one that an embedded table was measured on.

    Args:
        table: An embedded one, whose name tells how its columns were measured.
        columns: Those that were measured on a device; others are left out.
        rows: Random rows to measure again; the factor is the median over them.
        seed: Of the choice of rows.

    Returns:
        Column to factor.
    """
    devices = {
        column: given["device"] for column, given in dataset_card(table.name)["columns"].items() if "device" in given
    }
    some = table.take(np.random.default_rng(seed).choice(len(table), min(rows, len(table)), replace=False))
    factors = {}
    for column in columns:
        if column in devices:
            found = _measured(table.name, column, devices[column]).evaluate(some.genotypes)
            factors[column] = float(np.median(found[column] / some[column]))
    return factors

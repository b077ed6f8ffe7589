"""A batch of graphs as named arrays, which is what files hold of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archgraph.graph.batch import GraphBatch
from archgraph.graph.vocabulary import ATTRIBUTE, ATTRIBUTES, CODED, OPS
from archgraph.registry import UnknownNameError
from archgraph.typing import IntArray

FIELDS = ("attrs", "edge_start", "edges", "node_start", "ops")
"""The arrays that make the graphs."""

COLUMN = "column."
"""Before the name of a column."""


def to_arrays(batch: GraphBatch) -> dict[str, NDArray[Any]]:
    """The attributes of ``batch`` by name, and ``vocabulary``, the names that their numbers stand for."""
    names = np.array(json.dumps({"ops": OPS, "attributes": ATTRIBUTES}))
    columns = {COLUMN + name: values for name, values in batch.columns.items()}
    return {"vocabulary": names} | {name: getattr(batch, name) for name in FIELDS} | columns


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> GraphBatch:
    """The inverse of ``to_arrays``, also with an older vocabulary; other arrays are passed over.

    Raises:
        UnknownNameError: An operation or an attribute is not in the vocabulary.
        ValueError: An array is missing or does not fit the others.
    """
    missing = [name for name in ("vocabulary", *FIELDS) if name not in arrays]
    if missing:
        raise ValueError(f"a batch of graphs needs the array {missing[0]!r}, but it is missing")
    names = _names(arrays["vocabulary"])
    code = _places_of(names["ops"], OPS, "operation")
    columns = _places_of(names["attributes"], ATTRIBUTES, "attribute")
    given = {name: _numbers(name, arrays[name]) for name in FIELDS}
    _check_shapes(given, len(columns))
    _check_values(given, len(code))
    attrs = np.full((len(given["ops"]), len(ATTRIBUTES)), np.nan, dtype=np.float32)
    attrs[:, columns] = given["attrs"]
    for name in CODED:
        named = attrs[:, ATTRIBUTE[name]]
        there = np.flatnonzero(~np.isnan(named))
        if not np.isin(named[there], np.arange(len(code))).all():
            raise ValueError(f"the attribute {name!r} must be numbers of operations in 0..{len(code) - 1}")
        named[there] = code[named[there].astype(np.int64)]
    beside = {name.removeprefix(COLUMN): values for name, values in arrays.items() if name.startswith(COLUMN)}
    return GraphBatch(**(given | {"ops": code[given["ops"]], "attrs": attrs})).with_columns(beside)


def _names(vocabulary: NDArray[Any]) -> dict[str, list[str]]:
    try:
        names = json.loads(str(vocabulary))
        found = {kind: [str(name) for name in names[kind]] for kind in ("ops", "attributes")}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"vocabulary must name ops and attributes, but {error}") from error
    return found


def _places_of(names: Sequence[str], known: Sequence[str], kind: str) -> IntArray:
    """``(len(names),)`` where in ``known`` each stands."""
    place = {name: number for number, name in enumerate(known)}
    for name in names:
        if name not in place:
            raise UnknownNameError(kind, name, known)
    return np.array([place[name] for name in names], dtype=np.int64)


def _numbers(name: str, values: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind not in ("f" if name == "attrs" else "iu"):
        raise ValueError(f"{name} must be {'floats' if name == 'attrs' else 'whole numbers'}, but is {array.dtype}")
    return array


def _check_shapes(given: Mapping[str, NDArray[Any]], columns: int) -> None:
    nodes, edges, graphs = (len(np.atleast_1d(given[name])) for name in ("ops", "edges", "node_start"))
    for name, shape in {
        "ops": (nodes,), "attrs": (nodes, columns), "node_start": (graphs,), "edges": (edges, 2),
        "edge_start": (graphs,),
    }.items():  # fmt: skip
        if given[name].shape != shape:
            raise ValueError(f"{name} must have shape {shape}, but has shape {given[name].shape}")


def _check_values(given: Mapping[str, NDArray[Any]], operations: int) -> None:
    ops, edges = given["ops"], given["edges"].astype(np.int64)
    if np.any((ops < 0) | (ops >= operations)):
        raise ValueError(f"ops must be in 0..{operations - 1}, but are not")
    nodes = _lengths("node_start", given["node_start"], len(ops))
    most = np.repeat(nodes, _lengths("edge_start", given["edge_start"], len(edges)))
    if np.any((edges[:, 0] < 0) | (edges[:, 0] >= edges[:, 1]) | (edges[:, 1] >= most)):
        raise ValueError("edges must go forward between nodes of their graph, but do not")


def _lengths(name: str, starts: IntArray, last: int) -> IntArray:
    """Nodes or edges of each graph."""
    lengths: IntArray = np.diff(starts.astype(np.int64)).astype(np.int64)
    if not len(starts) or starts[0] != 0 or starts[-1] != last or np.any(lengths < 0):
        raise ValueError(f"{name} must ascend from 0 to {last}, but does not")
    return lengths

"""One's own measurements: a CSV, JSON lines or Parquet file as a table."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from archgraph.data.readers.json_file import distinct
from archgraph.data.records import Records
from archgraph.data.table import ArchTable
from archgraph.graph import ArchGraph
from archgraph.registry import UnknownNameError
from archgraph.spaces import SearchSpace
from archgraph.spaces import space as space_of
from archgraph.spaces.listed import ListedSpace
from archgraph.typing import IntArray

_GENES = re.compile(r"\d+(\s*[-,;\s]\s*\d+)*")
_BRACKETS = {"(": ")", "[": "]"}


def read_own(
    path: str | os.PathLike[str],
    space: SearchSpace | str | None,
    columns: Sequence[str],
    architecture: str = "architecture",
    units: Mapping[str, str] | None = None,
    goals: Mapping[str, str] | None = None,
) -> ArchTable:
    """The table in a file of one's own.

    An architecture is the text that ``space.format`` writes, or a genotype (``0-3-1``, ``[0, 3, 1]``), or the values
    of the variables by name in JSON. Without a space it is a graph in JSON, as ``ArchGraph.to_json`` writes it, and the
    table's space lists these graphs.

    Args:
        path: A file with a header line ending in .csv, or of one object a line ending in .jsonl, or ending in .parquet.
        space: The space, or its name; None if the architectures are graphs.
        columns: Names of the columns to read as numbers; empty cells are "not measured".
        architecture: Name of the column with the architectures.
        units: Column to unit.
        goals: Column to "max" or "min".

    Raises:
        OSError: The file cannot be read.
        ImportError: It is Parquet, and pyarrow is not installed.
        UnknownNameError: The space is not registered.
        ValueError: A column is missing, a cell is no number, or an architecture is not of the space; the message
            names the file, the line, the column and the value.
    """
    searched = space_of(space) if isinstance(space, str) else space
    records = Records.read(path)
    cells = records.cells(architecture)
    values = {column: records.numbers(column) for column in columns}
    if not len(records):
        raise ValueError(f"{records.name} has no rows")
    if searched is None:
        searched = ListedSpace(Path(path).stem, _graphs(records, architecture, cells))
        genotypes: IntArray = np.arange(len(cells))[:, None]
    else:
        genotypes = genotypes_of(records, architecture, cells, searched)
    counts = {"read": len(records)}
    source = {"name": Path(path).stem, "rows": counts, "files": [{"name": records.name}]}
    return ArchTable(searched, genotypes, values, units or {}, goals or {}, source)


def genotypes_of(records: Records, column: str, cells: Sequence[Any], space: SearchSpace) -> IntArray:
    """``(R, G)`` valid genotypes of the cells of a column.

    Raises:
        ValueError: A cell is no architecture of the space; the message says where it is, and how to write one.
    """
    genotypes = np.empty((len(cells), space.genes), dtype=np.int64)
    for row, cell in enumerate(cells):
        try:
            genotypes[row] = _genotype(cell, space)
        except (ValueError, UnknownNameError) as error:
            example = space.sample(1, np.random.default_rng(0))[0]
            said = str(error)
            if not said.startswith(repr(cell)):
                said = f"{cell!r} is no architecture of {space.name!r}: {said}"
            raise ValueError(
                f"{records.at(row)}: {column}: {said};"
                f" write it as {space.format(example)!r} or {'-'.join(map(str, example))!r}"
            ) from error
    wrong = np.flatnonzero(~space.valid(genotypes))
    if len(wrong):
        raise ValueError(
            f"{records.at(wrong[0])}: {column} is {cells[wrong[0]]!r}, which is not valid in {space.name!r};"
            " leave such rows out"
        )
    return genotypes


def _genotype(cell: Any, space: SearchSpace) -> IntArray:
    """The ``(G,)`` genotype that a cell stands for."""
    if isinstance(cell, str):
        return _of_text(cell.strip(), space)
    if isinstance(cell, Mapping):
        return space.from_config(cell)
    if isinstance(cell, Sequence):
        return _of_genes(cell, space)
    raise ValueError(f"expected text, a list of genes or an object, but it is a {type(cell).__name__}")


def _of_text(text: str, space: SearchSpace) -> IntArray:
    """The space's own text first: where it is made of numbers, they need not be the genes."""
    try:
        return space.parse(text)
    except ValueError:
        inner = text[1:-1].strip() if _BRACKETS.get(text[:1]) == text[-1:] else text
        if _GENES.fullmatch(inner):
            return _of_genes([int(gene) for gene in re.findall(r"\d+", inner)], space)
        if text.startswith("{"):
            return space.from_config(_object(text))
        raise


def _of_genes(genes: Sequence[Any], space: SearchSpace) -> IntArray:
    if not all(isinstance(gene, int) and not isinstance(gene, bool) for gene in genes):
        raise ValueError("genes must be whole numbers")
    if len(genes) != space.genes:
        raise ValueError(f"it has {len(genes)} genes, but {space.name!r} has {space.genes}")
    genotype: IntArray = space.check(list(genes))[0]
    return genotype


def _graphs(records: Records, column: str, cells: Sequence[Any]) -> list[ArchGraph]:
    found = []
    for row, cell in enumerate(cells):
        try:
            value = _object(cell) if isinstance(cell, str) else cell
            if not isinstance(value, dict):
                raise ValueError("expected an object in JSON")
            found.append(ArchGraph.from_json(value))
        except (ValueError, TypeError, UnknownNameError) as error:
            shown = repr(cell)
            raise ValueError(
                f"{records.at(row)}: {column} is {shown[:60]}{'...' * (len(shown) > 60)}, no graph: {error}; write it"
                " as ArchGraph.to_json does, or name the space of genotypes and text"
            ) from error
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=distinct)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("expected an object in JSON")
    return value

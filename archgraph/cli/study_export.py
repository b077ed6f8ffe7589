"""The verified architectures of a study as lines for other programs: CSV and Parquet."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgraph.cli.output import plain

if TYPE_CHECKING:
    from archgraph.search import Study
    from archgraph.spaces import SearchSpace

FIRST = ("architecture", "config", "phase", "step")
LAST = ("seconds", "evaluator", "reason")


def columns(study: Study) -> list[str]:
    """Names of the lines' values: of each column what was verified, what was predicted, and how sure that was."""
    measured = [name for column in study.columns for name in (column, f"{column}_predicted", f"{column}_std")]
    return [*FIRST, *measured, *LAST]


def lines(study: Study, space: SearchSpace) -> list[dict[str, Any]]:
    """A line for each verified architecture, random ones last, None where nothing is known.

    ``config`` is the architecture by its space's names, as JSON; ``phase`` is "verified" or "random"; ``step`` is the
    place in the order of choosing; ``reason`` tells why an architecture failed.
    """
    chosen = study.records("chosen")
    place = {tuple(genotype): row for row, genotype in enumerate(chosen.genotypes.tolist())}
    found = []
    for phase in ("verified", "random"):
        records = study.records(phase)
        for row, genotype in enumerate(records.genotypes.tolist()):
            line: dict[str, Any] = {
                "architecture": space.format(genotype),
                "config": json.dumps(plain(space.to_config(genotype))),
                "phase": phase,
                "step": int(records.steps[row]),
                "seconds": float(records.seconds[row]),
                "evaluator": records.evaluators[row],
                "reason": records.reasons[row],
            }
            predicted = place.get(tuple(genotype)) if phase == "verified" else None
            for column in study.columns:
                line[column] = _number(records.values, column, row)
                line[f"{column}_predicted"] = _number(chosen.values, column, predicted)
                line[f"{column}_std"] = _number(chosen.std, column, predicted)
            found.append(line)
    return found


def _number(values: dict[str, Any], column: str, row: int | None) -> float | None:
    value = math.nan if row is None or column not in values else float(values[column][row])
    return value if math.isfinite(value) else None


def write_parquet(study: Study, space: SearchSpace, out: Path) -> None:
    """Write the lines as one Parquet file, whole or not at all.

    Raises:
        ImportError: pyarrow is not installed.
        OSError: The file cannot be written.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise ImportError("Parquet files need pyarrow; install it with: pip install 'archgraph[pandas]'") from error
    from archgraph._files import whole_file

    texts = {"architecture", "config", "phase", "evaluator", "reason"}
    kinds = {name: pyarrow.string() if name in texts else pyarrow.float64() for name in columns(study)}
    kinds["step"] = pyarrow.int64()
    made = pyarrow.Table.from_pylist(lines(study, space), schema=pyarrow.schema(list(kinds.items())))
    with whole_file(out) as partial:
        parquet.write_table(made, partial)

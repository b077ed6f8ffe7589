"""What ``archgraph measure`` was asked to measure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgraph.graph import ArchGraph
    from archgraph.latency.device import Device
    from archgraph.latency.latency_table import LatencyTable
    from archgraph.spaces import SearchSpace
    from archgraph.typing import IntArray

FILES = "ONNX files"
"""What stands for the name of a space where files are measured."""


@dataclass(frozen=True)
class ToMeasure:
    """Architectures of one space, operators, or ONNX files.

    Attributes:
        name: What the names mean: the space's name, "operators", or ``FILES``.
        networks: Name to what makes the full graph, or names the file.
        space: The space; None for operators and files.
    """

    name: str
    networks: Mapping[str, Callable[[], ArchGraph | Path]]
    space: SearchSpace | None = None

    def check_export(self, path: Path) -> None:
        """Refuse, before the work, what ``export`` cannot write.

        Raises:
            ValueError: The file is neither .csv nor .npz, or is .npz for what is not of a space.
        """
        if path.suffix not in (".npz", ".csv"):
            raise ValueError(f"--export must end in .npz or .csv, but is {str(path)!r}")
        if path.suffix == ".npz" and self.space is None:
            raise ValueError(f"--export must end in .csv for {self.name}: a table is of architectures of a space")

    def export(self, table: LatencyTable, path: Path) -> None:
        """Write ``table`` to a .csv file, or as a table of architectures to a .npz file.

        Raises:
            ValueError: Nothing is measured yet.
            OSError: The file cannot be written.
        """
        from archgraph.latency.export import as_arch_table, write_csv

        if path.suffix == ".csv" or self.space is None:
            write_csv(table, path)
        else:
            as_arch_table(table, self.space).save(path)


def to_measure(
    space: str | None,
    arch: Sequence[str],
    archs: str | None,
    table: str | None,
    n: int | None,
    onnx: Sequence[Path],
    operators_for: Device | None,
    seed: int,
    progress: Callable[[str, int, int], None],
) -> ToMeasure:
    """The architectures of a space, the rows of a table or the files that the command line names.

    ``operators_for``: not the architectures, but their distinct operators, as this device runs them.

    Raises:
        ValueError: Nothing is named, or more than one kind of thing; or an architecture is not of the space.
        UnknownNameError: There is no such space or table.
        OSError: A file cannot be read.
    """
    if sum((space is not None, table is not None, bool(onnx))) != 1:
        raise ValueError("give one of a search space, --table and --onnx")
    if space is None and (arch or archs is not None):
        raise ValueError("--arch and --archs name architectures of a search space; give the space")
    if onnx and operators_for is not None:
        raise ValueError("--operators takes networks of a search space or --table apart, no ONNX files")
    if onnx:
        if n is not None:
            raise ValueError("--n is for a search space or --table; of --onnx all files are measured")
        return ToMeasure(FILES, {_file_name(path): partial(Path, path) for path in onnx})
    if table is not None:
        found = _of_table(table, n, seed, progress)
    else:
        found = architectures(str(space), arch, archs, n, seed)
    return _of_space(*found) if operators_for is None else _operators_of(*found, operators_for)


def _of_table(
    name: str, n: int | None, seed: int, progress: Callable[[str, int, int], None]
) -> tuple[SearchSpace, IntArray]:
    from archgraph.data import load

    loaded = load(name, progress=progress)
    return loaded.space, loaded.genotypes if n is None else loaded.split(n, seed)[0].genotypes


def architectures(
    name: str, arch: Sequence[str], archs: str | None, n: int | None, seed: int
) -> tuple[SearchSpace, IntArray]:
    """A space and ``(B, G)`` genotypes of it: those named one by one, those of a file, and ``n`` random ones.

    Raises:
        ValueError: None is named, or a text is no architecture of the space.
        UnknownNameError: There is no such space.
        OSError: The file cannot be read.
    """
    import numpy as np

    from archgraph.cli.architectures import parse_lines, read_text
    from archgraph.spaces import space as space_of

    space = space_of(name)
    parts: list[IntArray] = [space.parse(text)[None] for text in arch]
    if archs is not None:
        parts.append(parse_lines(read_text(archs), archs, space)[0])
    if n is not None:
        parts.append(space.sample_distinct(n, np.random.default_rng(seed)))
    if not parts:
        raise ValueError(f"name architectures of {name!r}: --arch TEXT, --archs FILE, or --n for random ones")
    return space, np.concatenate(parts)


def _of_space(space: SearchSpace, genotypes: IntArray) -> ToMeasure:
    networks = {space.format(genotype): partial(space.network, genotype) for genotype in genotypes}
    return ToMeasure(space.name, networks, space)


def _operators_of(space: SearchSpace, genotypes: IntArray, device: Device) -> ToMeasure:
    from archgraph.latency.device import folds
    from archgraph.latency.operator_times import OPERATORS, operator_networks

    networks = (space.network(genotype) for genotype in genotypes)
    return ToMeasure(OPERATORS, operator_networks(networks, folds(device.card())))


def _file_name(path: Path) -> str:
    """``net.onnx@1a2b3c4d5e6f``: another content is another architecture."""
    return f"{path.name}@{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"

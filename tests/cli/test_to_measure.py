from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.cli.to_measure import FILES, ToMeasure, to_measure
from archgraph.data import ArchTable
from archgraph.graph import ArchGraph
from archgraph.latency import LatencyTable, Measurement
from archgraph.spaces import space
from tests.devices import Priced

NAME = "nb201"


def ask(  # the arguments in the order of the command line, none given unless named
    searched: str | None = None,
    arch: tuple[str, ...] = (),
    archs: str | None = None,
    table: str | None = None,
    n: int | None = None,
    onnx: tuple[Path, ...] = (),
    seed: int = 0,
) -> ToMeasure:
    return to_measure(searched, arch, archs, table, n, onnx, None, seed, lambda *_: None)


@pytest.mark.parametrize("folds", [False, True])
def test_operators_are_those_that_the_device_runs(folds: bool) -> None:
    cells = [
        "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
    ]
    found = to_measure(NAME, cells, None, None, None, (), Priced(folds), 0, lambda *_: None)
    assert found.name == "operators"
    assert any(text.endswith("> zero") for text in found.networks) is not folds
    assert len(found.networks) > 10


def test_random_architectures_are_those_of_the_seed() -> None:
    first = ask(NAME, n=5)
    assert first.name == NAME
    assert len(first.networks) == 5
    assert list(first.networks) == list(ask(NAME, n=5).networks) != list(ask(NAME, n=5, seed=1).networks)
    text, make = next(iter(first.networks.items()))
    network = make()
    assert isinstance(network, ArchGraph)
    assert network.fingerprint() == space(NAME).network(space(NAME).parse(text)).fingerprint()


def test_named_architectures_come_first_and_none_twice(tmp_path: Path) -> None:
    texts = [space(NAME).format(row) for row in space(NAME).sample_distinct(3, np.random.default_rng(0))]
    file = tmp_path / "a.txt"
    file.write_text("\n".join(texts[1:]))
    found = ask(NAME, arch=(texts[0], texts[1]), archs=str(file))
    assert list(found.networks) == texts


def test_rows_of_a_table(bench: Path) -> None:
    table = ArchTable.load(bench)
    assert len(ask(table=str(bench)).networks) == len({*map(table.space.format, table.genotypes)})
    some = ask(table=str(bench), n=4)
    assert list(some.networks) == [table.space.format(row) for row in table.split(4, 0)[0].genotypes]


def test_files_are_told_apart_by_their_content(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"one")
    (first,) = ask(onnx=(path, path)).networks
    assert first.startswith("a.onnx@")
    path.write_bytes(b"two")
    found = ask(onnx=(path,))
    assert found.name == FILES
    assert list(found.networks) != [first]
    assert found.networks[next(iter(found.networks))]() == path


def test_files_are_exported_to_csv_only(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"one")
    found = ask(onnx=(path,))
    with LatencyTable(None, FILES) as table:
        table.begin("ms", {"device": "said"})
        table.add("ms", "a.onnx@123", Measurement(1.0, 0.0, 0.0, 6))
        found.export(table, tmp_path / "a.csv")
    with pytest.raises(ValueError, match=r"--export must end in .csv for ONNX files"):
        found.check_export(tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"--export must end in .npz or .csv, but is 'a.txt'"):
        found.check_export(Path("a.txt"))
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("a.onnx@123,1.0,0.0,0.0,6,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give one of a search space, --table and --onnx"),
        ({"searched": NAME, "table": "a.npz"}, "give one of a search space, --table and --onnx"),
        ({"searched": NAME}, "name architectures of 'nb201': --arch TEXT, --archs FILE, or --n for random ones"),
        ({"table": "a.npz", "arch": ("x",)}, "--arch and --archs name architectures of a search space; give the space"),
        ({"onnx": (Path("a.onnx"),), "n": 3}, "--n is for a search space or --table; of --onnx all files are measured"),
    ],
)
def test_what_does_not_go_together(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask(**arguments)  # type: ignore[arg-type]

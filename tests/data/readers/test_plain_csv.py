"""One's own CSV file as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.data import read_csv
from archgraph.registry import UnknownNameError
from archgraph.spaces import space

NETS = (
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|",
    "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
)


def _write(folder: Path, *lines: str) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_architectures_and_columns(tmp_path: Path) -> None:
    path = _write(tmp_path, "net,latency_ms,note", f"{NETS[0]},1.5,x", f"{NETS[1]},,y")
    table = read_csv(path, "nb201", ["latency_ms"], architecture="net", units={"latency_ms": "ms"})
    assert table.space is space("nb201")
    assert table.genotypes.tolist() == [[3, 0, 1, 0, 0, 1], [0, 0, 0, 1, 0, 0]]
    np.testing.assert_array_equal(table["latency_ms"], [1.5, np.nan])
    assert list(table.columns) == ["latency_ms"]
    assert table.units == {"latency_ms": "ms"}
    assert table.name == "mine"


def test_bad_cells_name_file_and_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "architecture,ms", f"{NETS[0]},1.5", f"{NETS[1]},fast")
    with pytest.raises(ValueError, match=r"^mine\.csv line 3: ms is 'fast'; expected a number or an empty cell\.$"):
        read_csv(path, space("nb201"), ["ms"])
    with pytest.raises(ValueError, match=r"mine\.csv line 1: no column 'acc'; it has architecture, ms\."):
        read_csv(path, "nb201", ["acc"])
    path = _write(tmp_path, "architecture,ms", f"{NETS[0]},1.5", "|conv~0|,2")
    with pytest.raises(ValueError, match=r"^mine\.csv line 3: '\|conv~0\|' is no architecture of 'nb201'"):
        read_csv(path, "nb201", ["ms"])


def test_unknown_space_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'nb201'"):
        read_csv(tmp_path / "absent.csv", "nb20l", ["ms"])
    with pytest.raises(OSError, match=r"absent\.csv"):
        read_csv(tmp_path / "absent.csv", "nb201", ["ms"])

"""The README's Python runs as it stands, block after block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def test_every_block_runs(mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)  # noqa: S102 # our own text
    assert names["model"].predict(names["test"].graphs[:3]).shape == (3,)
    assert names["informed"].card_["inputs"][0] == "zc_epe_nas"
    assert names["prior"].card["tables"].keys() == {"cells", "nets"}
    assert names["milliseconds"].shape == names["std"].shape == (4990,)
    assert len(names["pi"].card_["known_devices"]) > 0
    assert names["module"](__import__("torch").zeros(1, 3, 32, 32)).shape == (1, 10)
    assert names["medians"].keys() == names["networks"].keys()
    assert (names["with_sums"].columns["operators_ms"] > 0).all()
    assert names["study"].count("predicted") == 27
    assert not (names["child"] == names["plain"].smallest).all()

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archgraph.cli.architectures import parse_lines, read_text
from archgraph.spaces import space


def test_lines_are_parsed_and_empty_ones_left_out() -> None:
    searched = space("nb201")
    texts = [searched.format(genotype) for genotype in ([0, 1, 2, 3, 4, 0], [2] * 6)]
    genotypes, names = parse_lines(f"{texts[0]}\n\n  {texts[1]}  \n", "a.txt", searched)
    assert genotypes.tolist() == [[0, 1, 2, 3, 4, 0], [2] * 6]
    assert names == texts


def test_bad_lines_are_named() -> None:
    with pytest.raises(ValueError, match=r"a.txt line 2: '\|x~0\|' is no architecture of 'nb201'"):
        parse_lines("\n|x~0|\n", "a.txt", space("nb201"))
    with pytest.raises(ValueError, match=r"--archs 'a.txt' holds no architecture"):
        parse_lines("\n\n", "a.txt", space("nb201"))


def test_text_comes_from_a_file_or_from_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("é", encoding="utf-8")
    assert read_text(str(tmp_path / "a.txt")) == "é"
    monkeypatch.setattr("sys.stdin", io.StringIO("from stdin"))
    assert read_text("-") == "from stdin"
    (tmp_path / "c.txt").write_text("marked", encoding="utf-8-sig")
    assert read_text(str(tmp_path / "c.txt")) == "marked"
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeffmarked"))
    assert read_text("-") == "marked"
    (tmp_path / "b").write_bytes(b"a\xff")
    with pytest.raises(ValueError, match="is no text: invalid start byte at byte 1"):
        read_text(str(tmp_path / "b"))

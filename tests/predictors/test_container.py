"""Model files: whole, checked, free of pickles."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from archgraph.predictors.container import content_hash, read_container, write_container

PARTS = {"one.json": b"[1, 2]", "two.ubj": bytes(range(256)) * 20}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_container(tmp_path / "model", {"kind": "xgb"}, PARTS)
    return tmp_path / "model"


def test_there_and_back(file: Path) -> None:
    manifest, parts = read_container(file)
    assert manifest["kind"] == "xgb"
    assert parts == PARTS


def test_the_same_content_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    write_container(tmp_path / "again", {"kind": "xgb"}, PARTS)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_a_hash_is_of_names_and_content() -> None:
    again = dict(reversed(PARTS.items()))
    assert content_hash(PARTS) == content_hash(again) != content_hash(PARTS | {"one.json": b"[1, 3]"})
    assert content_hash({"ab": b"c"}) != content_hash({"a": b"bc"})


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_truncated(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=f"^'{re.escape(str(file))}' is damaged or no predictor: .*$"):
        read_container(file)


@pytest.mark.parametrize("change", [1, 128, 255])
def test_any_altered_byte(file: Path, change: int) -> None:
    whole = read_container(file)
    content = file.read_bytes()
    refused = 0
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
        try:
            found = read_container(file)
        except ValueError:
            refused += 1
        else:
            # Some bytes, such as dates, mean nothing to what is read.
            assert found == whole
    assert refused > len(content) / 2


def _replace(file: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(file) as old:
        members = {member: old.read(member) for member in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for member, part in (members | {name: content}).items():
            new.writestr(member, part)


def test_an_exchanged_part(file: Path) -> None:
    _replace(file, "one.json", b"[1, 3]")
    with pytest.raises(ValueError, match="the hash of 'one.json' is wrong"):
        read_container(file)


def test_a_foreign_file(file: Path) -> None:
    file.write_text("hello")
    with pytest.raises(ValueError, match="is damaged or no predictor: File is not a zip file"):
        read_container(file)
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("hello", "hello")
    with pytest.raises(ValueError, match="is damaged or no predictor"):
        read_container(file)


def test_a_newer_version(file: Path) -> None:
    manifest, _ = read_container(file)
    _replace(file, "manifest.json", json.dumps(manifest | {"version": 99}).encode())
    with pytest.raises(ValueError, match="is of format version 99; update archgraph to read it"):
        read_container(file)


def test_what_json_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a model file cannot hold <object"):
        write_container(tmp_path / "model", {"parameters": object()}, PARTS)
    assert list(tmp_path.iterdir()) == []


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot read .*nowhere': No such file"):
        read_container(tmp_path / "nowhere")


def test_nothing_is_left_when_the_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write"):
        write_container(tmp_path / "missing" / "model", {}, PARTS)
    assert list(tmp_path.iterdir()) == []

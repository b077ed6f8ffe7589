"""The one-file format of models: a zip of JSON, safetensors and XGBoost's UBJSON, each with its hash."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from archgraph._files import UNREADABLE, write_bytes

FORMAT = "archgraph predictor"
VERSION = 1
_MANIFEST = "manifest.json"
# The earliest date that a zip can hold: the same model gives the same bytes whenever it is saved.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_container(path: str | os.PathLike[str], header: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """Write ``parts`` and a manifest with ``header`` and their hashes, whole or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    manifest = {"format": FORMAT, "version": VERSION, **header, "sha256": hashes}
    members = {_MANIFEST: json.dumps(manifest, indent=1, default=_number).encode(), **parts}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in members.items():
            file.writestr(zipfile.ZipInfo(name, _DATE), part, zipfile.ZIP_DEFLATED)
    write_bytes(path, content.getvalue())


def content_hash(parts: Mapping[str, bytes]) -> str:
    """The first 16 digits of a SHA-256 of the names and contents of ``parts``, in whatever order they are."""
    found = hashlib.sha256()
    for name, content in sorted(parts.items()):
        found.update(f"{name} {len(content)} ".encode() + content)
    return found.hexdigest()[:16]


def _number(value: Any) -> Any:
    """NumPy's numbers, which searches over parameters set, as Python's.

    Raises:
        TypeError: It is something else that JSON cannot hold.
    """
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a model file cannot hold {value!r}")


def read_container(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the parts that ``write_container`` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is truncated, altered, no model, or of a newer version.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise OSError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            manifest = json.loads(file.read(_MANIFEST))
            if manifest["format"] != FORMAT:
                raise ValueError(f"its format is {manifest['format']!r}")
            newer = manifest["version"] > VERSION
            parts = {} if newer else {name: file.read(name) for name in manifest["sha256"]}
        for name, part in parts.items():
            if hashlib.sha256(part).hexdigest() != manifest["sha256"][name]:
                raise ValueError(f"the hash of {name!r} is wrong")
    except UNREADABLE as error:
        raise ValueError(f"{str(path)!r} is damaged or no predictor: {error}") from error
    if newer:
        raise ValueError(f"{str(path)!r} is of format version {manifest['version']}; update archgraph to read it")
    return manifest, parts

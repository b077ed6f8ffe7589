"""A built wheel holds everything: installed elsewhere, it runs the quickstart from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (built,) = folder.glob("archgraph-*.whl")
    return built


def test_the_wheel_holds_the_package_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert all(name.startswith("archgraph/") for name in names)
    package = {path for path in (ROOT / "archgraph").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in package} <= names
    data = {path for path in (ROOT / "datasets").rglob("*") if path.is_file()}
    assert {f"archgraph/_datasets/{path.relative_to(ROOT / 'datasets').as_posix()}" for path in data} <= names


def test_the_installed_wheel_runs_the_quickstart_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    # The environment's dependencies serve; of archgraph itself only the installed copy must be used.
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    _run(*pip, "--target", str(site), str(wheel), cwd=tmp_path)
    where = (
        "import archgraph, archgraph._datasets as d; print(archgraph.__file__, d.dataset_folder(d.dataset_names()[0]))"
    )
    for path in _run(sys.executable, "-c", where, cwd=elsewhere, PYTHONPATH=str(site)).split():
        assert Path(path).is_relative_to(site)
    command = (sys.executable, "-m", "archgraph", "quickstart", "--quick", "--quiet", "--json", "-")
    result = json.loads(_run(*command, cwd=elsewhere, PYTHONPATH=str(site)))
    assert result["verified"]
    assert (elsewhere / "archgraph-quickstart" / "report.html").is_file()
    assert Path(result["page"]) == elsewhere / "archgraph-quickstart" / "report.html"

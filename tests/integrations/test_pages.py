"""The pages of docs/integrations: their code runs, prints what they say it prints, and ends better than by chance."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.libraries import integration

PAGES = sorted((Path(__file__).parents[2] / "docs" / "integrations").glob("*.md"))


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def _words(printed: str) -> list[str]:
    """What is printed, without its numbers, of which machines differ in the last digits, and more after many steps."""
    return [re.sub(r"\d+(\.\d+)?", "#", line) for line in printed.splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_is_true(page: Path, tmp_path: Path) -> None:
    integration(page.stem.replace("-", "_"))
    text = page.read_text(encoding="utf-8")
    script = tmp_path / "page.py"
    script.write_text("\n".join([*_blocks(text, "python"), "assert found > by_chance, (found, by_chance)"]))
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Libraries print lines of their own between them.
    printed, said = _words(done.stdout), _words("".join(_blocks(text, "text")))
    assert said
    assert [line for line in printed if line in said] == said


def test_there_is_a_page_for_every_integration() -> None:
    modules = Path(__file__).parents[2] / "archgraph" / "integrations"
    names = {path.stem.replace("_", "-") for path in modules.glob("*.py")} - {"--init--", "extras"}
    assert {page.stem for page in PAGES} == names

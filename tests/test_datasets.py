from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archgraph import _datasets
from archgraph.registry import UnknownNameError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("one", "two", "no-card"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "card.toml").write_text('title = "First"\n', encoding="utf-8")
    (tmp_path / "two" / "card.toml").write_text("[space]\nname = 'x'\n", encoding="utf-8")
    monkeypatch.setattr(_datasets, "_root", lambda: tmp_path)
    _datasets.dataset_card.cache_clear()
    yield tmp_path
    _datasets.dataset_card.cache_clear()


def test_folders_with_a_card_are_data_sets(folder: Path) -> None:
    assert _datasets.dataset_names() == ["one", "two"]
    assert _datasets.dataset_folder("two") == folder / "two"
    assert _datasets.dataset_card("two") == {"space": {"name": "x"}}


def test_an_unknown_data_set_suggests_the_nearest(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match="Unknown data set 'tow'. Did you mean 'two'"):
        _datasets.dataset_folder("tow")


def test_the_checkout_has_data_sets() -> None:
    assert _datasets.dataset_names() != []

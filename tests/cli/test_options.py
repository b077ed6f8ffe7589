from __future__ import annotations

import pytest

from archgraph.cli.options import comma_separated, whole_numbers, words


def test_lists_are_split_and_stripped() -> None:
    assert comma_separated("xgb, gnn", "--predictors") == ["xgb", "gnn"]
    assert whole_numbers("32,128", "--sizes") == [32, 128]


def test_a_command_line_is_words() -> None:
    assert words(None) == words("") == ()
    assert words("train --name 'a b' ~") == ("train", "--name", "a b", "~")
    with pytest.raises(ValueError, match='--command "a \'b" cannot be split into words: No closing quotation'):
        words("a 'b")


@pytest.mark.parametrize("text", ["", "a,", "a,,b", "a,a"])
def test_empty_and_repeated_parts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--predictors must be distinct values with commas between them, but is"):
        comma_separated(text, "--predictors")


@pytest.mark.parametrize("text", ["0", "1.5", "-3", "x", "3,3"])
def test_sizes_are_positive_whole_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=f"--sizes must be .* but is '{text}'"):
        whole_numbers(text, "--sizes")

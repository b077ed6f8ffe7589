"""Measured times on disk."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import pytest

from archgraph.latency import LatencyTable, Measurement
from archgraph.registry import UnknownNameError

CARD = {"device": "abacus", "batch": "1"}
TIME = Measurement(2.0, 0.1, 0.05, 54)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "times.db"


def opened(path: Path | None, space: str | None = "cells") -> LatencyTable:
    table = LatencyTable(path, space)
    if space is not None:
        table.begin("ms", CARD)
    return table


def test_what_was_added_is_there_again(path: Path) -> None:
    before = time.time()
    with opened(path) as table:
        assert table.claim("ms", ["a", "b"], 5) == ["a", "b"]
        table.add("ms", "b", TIME)
        table.add("ms", "a", TIME._replace(half_width=math.nan))
    with opened(path, None) as table:
        assert table.space == "cells"
        assert table.columns == {"ms": CARD | {"unit": "ms"}}
        second, first = table.rows("ms")
    assert (second.architecture, second.found) == ("b", TIME)
    assert math.isnan(first.found.half_width)
    assert before <= second.at <= first.at <= time.time()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_it_works_in_memory() -> None:
    with opened(None) as table:
        assert table.claim("ms", ["a"], 5) == ["a"]
        table.add("ms", "a", TIME)
        assert len(table.rows("ms")) == 1
    assert not list(Path().glob("*.lock"))


def test_an_architecture_that_has_a_time_keeps_it(path: Path) -> None:
    with opened(path) as table:
        table.add("ms", "a", TIME)
        table.add("ms", "a", TIME._replace(median=9.0))
        assert [row.found.median for row in table.rows("ms")] == [2.0]


def test_what_one_took_no_other_takes(path: Path) -> None:
    with opened(path) as one, opened(path) as other:
        assert one.claim("ms", ["a", "b", "b", "c"], 2) == ["a", "b"]
        assert other.claim("ms", ["a", "b", "c", "d"], 2) == ["c", "d"]
        one.add("ms", "a", TIME)
        one.release("ms", ["b"])
        other.release("ms", ["a"])
        assert other.claim("ms", ["a", "b"], 9) == ["b"]


def test_columns_do_not_take_from_each_other(path: Path) -> None:
    with opened(path) as table:
        table.begin("gpu_ms", {"device": "gpu"})
        assert table.claim("ms", ["a"], 1) == table.claim("gpu_ms", ["a"], 1) == ["a"]


def test_what_is_left_when_a_table_is_closed_is_free(path: Path) -> None:
    with opened(path) as one, opened(path) as other:
        assert one.claim("ms", ["a"], 1) == ["a"]
        assert other.claim("ms", ["a"], 1) == []
        one.close()
        assert other.claim("ms", ["a"], 1) == ["a"]


def test_what_a_killed_process_took_is_free_at_once(path: Path) -> None:
    code = (
        "import sys, time; from archgraph.latency import LatencyTable; "
        f"table = LatencyTable({str(path)!r}, 'cells'); table.begin('ms', {CARD!r}); "
        "print(table.claim('ms', ['a', 'b'], 9), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "['a', 'b']\n"
        with opened(path) as table:
            assert table.claim("ms", ["a", "b", "c"], 9) == ["c"]
            process.kill()
            process.wait()
            assert table.claim("ms", ["a", "b", "c"], 9) == ["a", "b"]
    assert not list(path.parent.glob("*.lock"))


def test_a_column_stays_with_its_device(path: Path) -> None:
    opened(path).close()
    with opened(path) as table:
        message = (
            r"column 'ms' of .*times.db' was measured with batch '1', not '16'; use another column or another file"
        )
        with pytest.raises(ValueError, match=message):
            table.begin("ms", CARD | {"batch": "16"})
        with pytest.raises(ValueError, match="was measured with threads None, not '2'"):
            table.begin("ms", CARD | {"threads": "2"})
        with pytest.raises(ValueError, match="was measured with batch '1', not None"):
            table.begin("ms", {"device": "abacus"})
        with pytest.raises(ValueError, match="was measured with unit 'ms', not 'mJ'; use another column"):
            table.begin("ms", CARD | {"unit": "mJ"})
        table.begin("ms", CARD | {"unit": "ms"})
        table.begin("other", {"device": "gpu"})
        assert list(table.columns) == ["ms", "other"]
        with pytest.raises(UnknownNameError, match="Unknown column 'sm'. Did you mean 'ms'"):
            table.rows("sm")


def test_a_column_that_was_begun_before_the_exporter_was_told_goes_on(path: Path) -> None:
    with opened(path) as table:
        table.begin("ms", CARD | {"exporter": "torch 2"})
        table.begin("new", CARD | {"exporter": "torch 2"})
        with pytest.raises(ValueError, match="was measured with exporter 'torch 2', not 'torch 3'"):
            table.begin("new", CARD | {"exporter": "torch 3"})


def test_other_files_are_refused_and_stay(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no latency table"):
        LatencyTable(path)
    assert not path.exists()
    opened(path).close()
    with pytest.raises(ValueError, match=r"times.db' holds times of 'cells', not of 'nets'; use another file"):
        LatencyTable(path, "nets")
    text = tmp_path / "notes.txt"
    text.write_text("not a database, and long enough to look like one" * 100)
    content = text.read_bytes()
    with pytest.raises(ValueError, match=r"notes.txt' is damaged or no latency table"):
        LatencyTable(text, "cells")
    assert text.read_bytes() == content
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(ValueError, match="other.db' is no latency table; use another file"):
        LatencyTable(other, "cells")
    with pytest.raises(OSError, match="cannot use the latency table"):
        LatencyTable(tmp_path / "none" / "a.db", "cells")


def test_a_full_disk_is_told_in_one_line_and_what_was_measured_is_kept(path: Path) -> None:
    with opened(path) as table:
        table.add("ms", "a", TIME)
        with table._store.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        names = [f"{number}" * 99 for number in range(1000)]
        with pytest.raises(OSError, match="full") as told:
            deque((table.add("ms", name, TIME) for name in names), maxlen=0)
        why = "database or disk is full; what was measured until then is kept"
        assert str(told.value) == f"cannot use the latency table {str(path)!r}: {why}"
        kept = [row.architecture for row in table.rows("ms")]
    with opened(path) as table:
        assert [row.architecture for row in table.rows("ms")] == kept
        assert kept == ["a", *names[: len(kept) - 1]]
        assert len(kept) > 1


def test_files_of_a_later_version_are_refused(path: Path) -> None:
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="is of version 99, newer than 2; update archgraph"):
        LatencyTable(path)


def test_files_of_an_earlier_version_are_brought_up_to_date(path: Path) -> None:
    with opened(path) as table:
        table.add("ms", "a", TIME)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE failure")
        connection.execute("UPDATE device SET card = ?", [json.dumps(CARD)])
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    with opened(path) as table:
        table.fail("ms", "b")
        assert table.failed("ms") == {"b"}
        assert table.columns["ms"]["unit"] == "ms"
        assert [row.architecture for row in table.rows("ms")] == ["a"]


def test_what_failed_is_known_and_free(path: Path) -> None:
    with opened(path) as one, opened(path) as other:
        other.begin("gpu_ms", {"device": "gpu"})
        assert one.claim("ms", ["a", "b"], 2) == ["a", "b"]
        for _ in range(2):
            one.fail("ms", "a")
        assert (other.failed("ms"), other.failed("gpu_ms")) == ({"a"}, set())
        assert other.claim("ms", ["a", "b"], 2) == ["a"]

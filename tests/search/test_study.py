import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from archgraph.evaluators import Evaluation
from archgraph.objectives import Constraint, Objective
from archgraph.registry import UnknownNameError
from archgraph.search import Study

SETTINGS = {"space": "nb201", "objectives": ["acc:max", "ms:min:<=4.5"], "constraints": ["params<=1e6"], "seed": 0}
ROWS = np.array([[0, 1, 2], [3, 4, 0]])


def fill(study: Study) -> None:
    found = Evaluation({"acc": [0.1 + 0.2, np.nan], "ms": [1.0, 2.0]}, {1: "it burned"}, {"acc": [0.01, 0.02]})
    study.add("verified", 3, ROWS, found, "net", seconds=4.0, notes={"place": {"x": [1, 2]}})


def test_keeps_what_was_added(place: str) -> None:
    with Study(place, SETTINGS) as study:
        fill(study)
    with Study(place) as study:
        holds_what_was_added(study)


def test_memory_keeps_what_was_added() -> None:
    for place in (None, "sqlite://"):
        study = Study(place, SETTINGS)
        fill(study)
        holds_what_was_added(study)


def holds_what_was_added(study: Study) -> None:
    records = study.records("verified")
    assert records.genotypes.tolist() == ROWS.tolist()
    # Floats come back to the last bit.
    assert records.values["acc"][0] == 0.1 + 0.2
    assert np.isnan(records.values["acc"][1])
    assert records.std["acc"].tolist() == [0.01, 0.02]
    assert records.reasons == (None, "it burned")
    assert records.seconds.tolist() == [2.0, 2.0]
    assert records.evaluators == ("net", "net")
    assert study.note("place") == {"x": [1, 2]}
    assert study.note("nothing") is None
    assert (study.count("verified"), study.count("random")) == (2, 0)


def test_records_come_in_the_order_of_their_steps(place: str) -> None:
    with Study(place, SETTINGS) as study:
        for step in (2, 0, 1):
            study.add("random", step, ROWS[:1] + step, Evaluation({"acc": [float(step)]}), "net")
        records = study.records("random")
        assert study.records("random", since=1).steps.tolist() == [1, 2]
        assert (study.last_step("random"), study.last_step("verified")) == (2, -1)
    assert records.steps.tolist() == records.values["acc"].tolist() == [0, 1, 2]


def test_what_is_not_verified_keeps_its_place_in_the_queue(place: str) -> None:
    with Study(place, SETTINGS) as study:
        places, genotypes = study.unverified()
        assert (places.tolist(), genotypes.shape) == ([], (0, 0))
        found = Evaluation({"acc": [1.0, 2.0]})
        for step, rows in ((1, [[4], [5]]), (0, [[9], [8]])):
            study.add("chosen", step, np.array(rows), found, "predictors")
        study.add("random", 0, np.array([[9]]), found.take(np.array([0])), "net")
        places, genotypes = study.unverified()
        assert (places.tolist(), genotypes.tolist()) == ([0, 1, 2, 3], [[9], [8], [4], [5]])
        study.add("verified", 1, np.array([[8]]), Evaluation({"acc": [np.nan]}), "net")
        places, genotypes = study.unverified()
        assert (places.tolist(), genotypes.tolist()) == ([0, 2, 3], [[9], [4], [5]])


def test_knows_its_settings() -> None:
    study = Study(None, SETTINGS)
    assert study.space_name == "nb201"
    assert study.objectives == (Objective("acc", "max"), Objective("ms", "min", 4.5))
    assert study.constraints == (Constraint("ms", "<=", 4.5), Constraint("params", "<=", 1e6))
    assert study.columns == ("acc", "ms", "params")


@pytest.mark.parametrize(
    ("key", "value"), [("space", "mbv3"), ("objectives", ["acc:max"]), ("seed", 1), ("budget", 20)]
)
def test_other_settings_are_refused(place: str, key: str, value: object) -> None:
    Study(place, SETTINGS).close()
    Study(place, SETTINGS).close()
    with pytest.raises(ValueError, match=rf"was begun with {key} .*; use another file, or another \?study=NAME"):
        Study(place, SETTINGS | {key: value})


def test_a_closed_study_is_one_file(tmp_path: Path) -> None:
    with Study(tmp_path / "s.sqlite", SETTINGS) as study:
        fill(study)
    assert [file.name for file in tmp_path.iterdir()] == ["s.sqlite"]


def test_another_process_reads_while_one_writes(place: str) -> None:
    writer = Study(place, SETTINGS)
    fill(writer)
    script = f"from archgraph.search import Study; print(Study({place!r}, read_only=True).count('verified'))"
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "2"
    writer.set_note("still", "writing")
    reader = Study(place, read_only=True)
    assert reader.note("still") == "writing"
    with pytest.raises(OSError, match="cannot use the study .*readonly"):
        reader.set_note("reader", "writes")
    reader.close()
    writer.close()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Study(path, SETTINGS) as study:
        fill(study)
    before = path.read_bytes()
    with Study(path, read_only=True) as reader:
        assert reader.count("verified") == 2
    assert names(tmp_path) == ["s.sqlite"]
    assert path.read_bytes() == before


def test_reading_beside_a_writer_takes_nothing_from_it(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Study(path, SETTINGS) as writer:
        with Study(path, read_only=True) as reader:
            assert reader.count("verified") == 0
        fill(writer)
        assert "s.sqlite-wal" in names(tmp_path)
    with Study(path, read_only=True) as reader:
        assert reader.count("verified") == 2
    assert names(tmp_path) == ["s.sqlite"]


def test_a_study_is_read_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.sqlite"
    with Study(path, SETTINGS) as study:
        fill(study)
    monkeypatch.setattr("archgraph._store.os.access", lambda *_: False)
    with Study(path, read_only=True) as reader:
        assert reader.count("verified") == 2
        assert names(tmp_path) == ["s.sqlite"]


def test_a_closed_study_says_so(place: str) -> None:
    study = Study(place, SETTINGS)
    study.close()
    with pytest.raises(ValueError, match=r"cannot use the study '.*': Cannot operate on a closed database"):
        study.count("verified")


def test_a_writer_that_was_late_takes_over_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both processes find the file empty; one of them is first.
    path = tmp_path / "s.sqlite"
    exists, found = Path.exists, []

    def begun_by_another_just_after(self: Path) -> bool:
        if self == path and not found:
            found.append(exists(self))
            Study(path, SETTINGS).close()
            return False
        return exists(self)

    monkeypatch.setattr(Path, "exists", begun_by_another_just_after)
    with pytest.raises(ValueError, match="was begun with seed 0, not 1"):
        Study(path, SETTINGS | {"seed": 1})
    monkeypatch.undo()
    assert Study(path).settings == SETTINGS


@pytest.mark.parametrize("column", ["genotype", "outcome"])
def test_damaged_rows_are_one_clear_line(tmp_path: Path, column: str) -> None:
    path = tmp_path / "s.sqlite"
    with Study(path, SETTINGS) as study:
        fill(study)
    raw = sqlite3.connect(path)
    raw.execute(f"UPDATE archgraph_evaluation SET {column} = '[1, ' WHERE id = 1")
    raw.execute("UPDATE archgraph_note SET value = '{' WHERE key = 'place'")
    raw.commit()
    raw.close()
    with Study(path) as study:
        with pytest.raises(ValueError, match=r"s.sqlite' is damaged: "):
            study.records("verified")
        with pytest.raises(ValueError, match=r"s.sqlite' is damaged: note 'place' is no JSON"):
            study.note("place")


def test_two_writers_of_the_same_architectures_are_told_apart(place: str) -> None:
    one, two = (Study(place, SETTINGS) for _ in range(2))
    fill(one)
    with pytest.raises(OSError, match="is being written by another process"):
        fill(two)
    assert two.count("verified") == 2
    one.close()
    two.close()


def test_of_many_that_add_the_same_at_once_one_does(place: str) -> None:
    studies = [Study(place, SETTINGS) for _ in range(4)]
    together, refused = threading.Barrier(4), []

    def write(study: Study, number: int) -> None:
        together.wait()
        try:
            study.add("verified", 0, ROWS, Evaluation({"acc": [number, number]}), "net", notes={"winner": number})
        except OSError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=write, args=(study, number)) for number, study in enumerate(studies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert all("is being written by another process" in line for line in refused)
    assert studies[0].records("verified").values["acc"].tolist() == [studies[0].note("winner")] * 2
    for study in studies:
        study.close()


def test_a_failed_transaction_leaves_nothing(place: str) -> None:
    study = Study(place, SETTINGS)
    with pytest.raises(OSError, match="(?i)unique"):
        study.add("verified", 0, ROWS[[0, 0]], Evaluation({"acc": [1.0, 2.0]}), "net", notes={"place": 1})
    assert study.count("verified") == 0
    assert study.note("place") is None
    study.close()


def test_a_file_that_was_only_just_begun_is_begun_again(tmp_path: Path) -> None:
    # What a process killed before its first transaction leaves.
    path = tmp_path / "s.sqlite"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    with pytest.raises(ValueError, match="is no study"):
        Study(path)
    Study(path, SETTINGS).close()
    assert Study(path).space_name == "nb201"


def test_what_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no study"):
        Study(tmp_path / "none.sqlite")
    text = tmp_path / "text.sqlite"
    text.write_text("not a database, and long enough to be looked at" * 30)
    with pytest.raises(ValueError, match="is damaged or no study"):
        Study(text, SETTINGS)
    assert text.exists()
    other = tmp_path / "other.sqlite"
    raw = sqlite3.connect(other)
    raw.execute("CREATE TABLE song (title TEXT)")
    raw.close()
    with pytest.raises(ValueError, match="is no study; use another file"):
        Study(other, SETTINGS)


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Study(path, SETTINGS).close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(ValueError, match="is of version 99, newer than 2; update archgraph"):
        Study(path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot use the study .*unable to open"):
        Study(tmp_path / "none" / "s.sqlite", SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_line_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Study(path, SETTINGS) as study:
        fill(study)
    full = Study(path)
    with full._store.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    many = np.arange(30_000).reshape(-1, 3)
    with pytest.raises(OSError, match="cannot use the study .*full"):
        full.add("random", 0, many, Evaluation({"acc": np.zeros(10_000)}), "net")
    full.close()
    with Study(path) as study:
        assert (study.count("verified"), study.count("random")) == (2, 0)


def test_unknown_phases_are_refused() -> None:
    study = Study(None, SETTINGS)
    with pytest.raises(UnknownNameError, match="Did you mean 'verified'"):
        study.records("verify")
    with pytest.raises(UnknownNameError, match="Did you mean 'verified'"):
        study.add("verify", 0, ROWS, Evaluation({"acc": [1.0, 2.0]}), "net")


def test_a_study_shows_where_it_is_kept(tmp_path: Path) -> None:
    assert repr(Study(None, SETTINGS)).startswith("Study(in memory, 0 predicted, ")
    with Study(tmp_path / "s.db", SETTINGS) as study:
        assert repr(study).startswith(f"Study({str(tmp_path / 's.db')!r}, 0 predicted, ")


def test_a_database_holds_many_studies(place: str, tmp_path: Path) -> None:
    address = place.partition("?")[0] if "://" in place else f"sqlite:///{tmp_path / 'many.db'}"
    one, two = (Study(f"{address}?study=many-{name}", SETTINGS | {"seed": seed}) for seed, name in enumerate("ab"))
    fill(one)
    fill(two)
    one.add("random", 0, ROWS, Evaluation({"acc": [1.0, 2.0]}), "net")
    one.set_note("only", "here")
    assert (one.count("random"), two.count("random"), two.note("only")) == (2, 0, None)
    assert (one.settings["seed"], two.settings["seed"]) == (0, 1)
    one.close()
    two.close()
    with pytest.raises(FileNotFoundError, match=r"there is no study 'third' in '.*; it holds .*many-a, many-b"):
        Study(f"{address}?study=third")

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path

import numpy as np

from archgraph.evaluators import Evaluation
from archgraph.search import Study
from archgraph.search.tables import writing

SETTINGS = {"space": "nb201", "objectives": ["acc:max"], "constraints": [], "seed": 0}


def test_one_at_a_time_writes_to_a_study(place: str) -> None:
    with Study(place, SETTINGS) as one, Study(place) as other:
        waiter = threading.Thread(target=other.set_note, args=("order", "second"))
        with writing(one._store, one._id):
            waiter.start()
            time.sleep(0.3)
            assert waiter.is_alive()
            # Who only reads does not wait.
            assert other.note("order") is None
        waiter.join(10)
        assert one.note("order") == "second"


def test_a_study_of_version_1_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    raw = sqlite3.connect(path)
    raw.executescript(VERSION_1)
    settings = json.dumps(SETTINGS)
    raw.execute("INSERT INTO note VALUES ('settings', ?), ('searcher', '[1]')", (settings,))
    line = ("verified", 4, "[0, 1, 2]", '{"acc": 0.5}', "it burned", "net", 2.0, 9.0)
    raw.execute(
        "INSERT INTO evaluation (phase, step, genotype, outcome, reason, evaluator, seconds, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        line,
    )
    raw.commit()
    raw.close()
    # A reader upgrades it too.
    for read_only in (True, False):
        with Study(path, read_only=read_only) as study:
            assert (study.settings, study.note("searcher")) == (SETTINGS, [1])
            records = study.records("verified")
        assert (records.genotypes.tolist(), records.values["acc"].tolist()) == ([[0, 1, 2]], [0.5])
        assert (records.reasons, records.steps.tolist(), records.at.tolist()) == (("it burned",), [4], [9.0])
    with Study(path, SETTINGS) as study:
        study.add("verified", 5, np.array([[3, 4, 0]]), Evaluation({"acc": [1.0]}), "net")
        assert study.count("verified") == 2


VERSION_1 = """
PRAGMA application_id = 0x61726367;
PRAGMA user_version = 1;
CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE evaluation (
    id INTEGER PRIMARY KEY, phase TEXT NOT NULL, step INTEGER NOT NULL, genotype TEXT NOT NULL, outcome TEXT NOT NULL,
    std TEXT, reason TEXT, evaluator TEXT NOT NULL, seconds REAL NOT NULL, at REAL NOT NULL, UNIQUE (phase, genotype)
);
"""

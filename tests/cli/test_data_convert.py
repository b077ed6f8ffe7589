"""``archgraph data convert``: official files that users bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.data import ArchTable, catalogue, load


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a made-up data set ``small`` that must be brought."""
    card = {
        "table": {"title": "Small", "space": "mbv3", "reader": "dynast"},
        "bring": [{"name": "trace.csv", "url": "https://example.org/small"}],
        "columns": {"acc": {"from": "Top-1", "unit": "%", "goal": "max"}},
    }
    monkeypatch.setattr(catalogue, "dataset_names", lambda: ["small"])
    monkeypatch.setattr(catalogue, "dataset_card", lambda name: card)
    monkeypatch.setenv("ARCHGRAPH_CACHE", str(tmp_path / "cache"))
    subnet = {"ks": [3] * 20, "e": [4] * 20, "d": [2] * 5, "r": [224]}
    path = tmp_path / "trace.csv"
    path.write_text(f'Sub-network,Top-1\n"{subnet}",70.5\n', encoding="utf-8")
    return path


def test_brought_files_are_stored_under_their_name(run, refused, trace: Path) -> None:
    assert refused("data", "export", "small", "-o", "a.csv").endswith("archgraph data convert trace.csv --table small")
    done = run("data", "convert", trace, "--table", "small", "--json", "-")
    assert done.code == 0
    assert done.json == {"name": "small", "space": "mbv3", "rows": 1, "columns": ["acc"], "path": None}
    trace.unlink()
    assert load("small")["acc"].tolist() == [70.5]


def test_brought_files_are_written_where_told(run, refused, trace: Path, tmp_path: Path) -> None:
    assert run("data", "convert", trace, "--table", "small", "-o", tmp_path / "own.npz").code == 0
    assert ArchTable.load(tmp_path / "own.npz")["acc"].tolist() == [70.5]
    assert "is made of files that you bring" in refused("data", "export", "small", "-o", "a.csv")


def test_bad_paths_are_refused(refused, trace: Path, tmp_path: Path) -> None:
    assert refused("data", "convert", tmp_path / "no.csv", "--table", "small").endswith(
        "needs trace.csv from https://example.org/small"
    )
    assert refused("data", "convert", trace, "--table", "smal").startswith(
        "Unknown table 'smal'. Did you mean 'small'?"
    )
    assert refused("data", "convert", trace, "--table", "small", "-o", tmp_path / "no" / "a.npz").startswith(
        "cannot write"
    )


OWN = "arch,acc,lat\n0-3-1-0-0-1,93.5,1.25\n3-3-3-3-3-3,94.5,\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_table_is_not_made_of_itself(refused, bench: Path) -> None:
    before = bench.read_bytes()
    assert "which is read; choose another file" in refused("data", "convert", bench, "-o", bench)
    assert bench.read_bytes() == before


def test_a_file_of_ones_own_becomes_a_table(run, own: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.npz"
    given = ("--space", "nb201", "--arch", "arch", "--target", "acc:max:%", "--target", "lat:min:ms", "-o", out)
    done = run("data", "convert", own, *given, "--json", "-")
    assert done.json == {"name": "mine", "space": "nb201", "rows": 2, "columns": ["acc", "lat"], "path": str(out)}
    table = ArchTable.load(out)
    assert table.units == {"acc": "%", "lat": "ms"}
    assert table.goals == {"acc": "max", "lat": "min"}
    assert run("data", "convert", own, *given).code == 0, "an existing table is replaced"
    assert run("data", "export", out, "-o", tmp_path / "again.csv").code == 0
    assert (tmp_path / "again.csv").read_text().splitlines()[0] == "architecture,acc,lat"
    assert run("data", "export", out, "-o", tmp_path / "copy.npz").code == 0
    assert ArchTable.load(tmp_path / "copy.npz").sha256 == table.sha256


def test_bad_descriptions_of_ones_own_file_are_refused(refused, own: Path, tmp_path: Path) -> None:
    out, space = ("-o", tmp_path / "mine.npz"), ("--space", "nb201", "--arch", "arch")
    assert refused("data", "convert", own, *space, *out).startswith("--target is needed")
    assert refused("data", "convert", own, *space, "--target", "acc").startswith("--out is needed")
    assert refused("data", "convert", own, own, *space, "--target", "acc", *out).startswith("give one file of your own")
    for target in ("acc:up", ":max", ""):
        assert refused("data", "convert", own, *space, "--target", target, *out).startswith("--target must be COLUMN")
    twice = ("--target", "acc", "--target", "acc:max")
    assert refused("data", "convert", own, *space, *twice, *out) == "--target 'acc' is given twice"
    both = ("--table", "nb201-cifar10", *space)
    assert refused("data", "convert", own, *both, *out).startswith("--space, --target and --dedupe are for")
    assert refused("data", "convert", own, *space, "--target", "acc", "-o", "x.csv").startswith(
        "--out must end in .npz"
    )
    assert refused("data", "convert", own, "--arch", "arch", "--target", "acc", *out).startswith(
        "mine.csv line 2: arch is '0-3-1-0-0-1', no graph: no JSON"
    )
    assert not (tmp_path / "mine.npz").exists()


def test_a_table_is_not_exported_over_itself(run, refused, own: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.npz"
    run("data", "convert", own, "--space", "nb201", "--arch", "arch", "--target", "acc", "-o", out)
    whole = out.read_bytes()
    assert "which is read; choose another file" in refused("data", "export", out, "-o", out)
    assert "must end in one of .csv" in refused("data", "export", out, "-o", tmp_path / "mine.xlsx")
    assert out.read_bytes() == whole


def test_rows_that_are_the_same_network(run, refused, tmp_path: Path) -> None:
    """The third edge is dead where its source is, so the first two rows are one network."""
    path, out = tmp_path / "mine.csv", tmp_path / "mine.npz"
    path.write_text("architecture,acc\n0-3-1-3-0-3,90\n0-3-2-3-0-3,94\n3-3-3-3-3-3,95\n", encoding="utf-8")
    given = (path, "--space", "nb201", "--target", "acc:max:%", "-o", out)
    assert "1 rows are the same network as another one" in run("data", "convert", *given).err
    assert len(ArchTable.load(out)) == 3
    for keep, value in (("first", 90), ("best", 94), ("mean", 92)):
        assert run("data", "convert", *given, "--dedupe", keep).code == 0
        assert ArchTable.load(out)["acc"].tolist() == [value, 95]
    assert refused("data", "convert", *given, "--dedupe", "last").startswith("Unknown choice among equal rows 'last'.")
    run("data", "convert", *given)
    run("data", "export", out, "-o", tmp_path / "one.csv", "--dedupe", "best")
    assert len((tmp_path / "one.csv").read_text().splitlines()) == 3

"""``archgraph adapt``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archgraph.data import ArchTable
from archgraph.evaluators import View
from archgraph.latency import OperatorSum, OperatorTimes, operator_networks
from archgraph.metrics import spearman
from archgraph.predictors import KnownDevices, load_predictor
from archgraph.spaces import space
from archgraph.spaces.listed import ListedSpace
from tests.devices import Priced


@pytest.fixture
def devices(run, bench: Path, tmp_path: Path) -> Path:
    path = tmp_path / "devices.agp"
    assert run("fit", bench, "--devices", "time", "-o", path).code == 0
    return path


def measured(bench: Path, path: Path, rows: int = 6) -> Path:
    table = ArchTable.load(bench)
    lines = [f"{table.space.format(table.genotypes[row])},{float(2.5 * table['time'][row])}" for row in range(rows)]
    path.write_text("\n".join(["architecture,latency_ms", *lines]) + "\n")
    return path


def test_few_measurements_make_a_model(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    asked = ("adapt", devices, "--measurements", measured(bench, tmp_path / "six.csv"), "-o", tmp_path / "m.agp")
    found = run(*asked, "--json", "-").json
    assert found["card"]["n"] == 6
    assert found["card"]["target"] == "latency_ms"
    assert found["card"]["known_devices"]["time"] > 0.3
    model, table = load_predictor(tmp_path / "m.agp"), ArchTable.load(bench)
    predicted = model.predict(table.graphs)
    assert spearman(predicted, table["time"]) > 0.97
    assert np.median(np.abs(predicted / (2.5 * table["time"]) - 1)) < 0.05
    shown = run(*asked).out
    assert "told by known devices" in shown
    assert "time (" in shown


def test_it_says_how_sure_it_is(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    noisy = table["time"] * np.random.default_rng(0).normal(1, 0.05, 240)
    rows = [f"{table.space.format(table.genotypes[row])},{noisy[row]}" for row in range(12)]
    (tmp_path / "noisy.csv").write_text("\n".join(["architecture,latency_ms", *rows]))
    asked = ("adapt", devices, "--measurements", tmp_path / "noisy.csv", "-o", tmp_path / "m.agp")
    found = run(*asked, "--json", "-").json
    within = found["within_factor"]
    predicted = load_predictor(tmp_path / "m.agp").predict(table.graphs)
    assert 1.05 < within < 1.25
    assert 0.8 < np.mean(np.abs(np.log(predicted / noisy)) <= np.log(within)) < 1
    shown = " ".join(run(*asked).out.split())
    assert f"90 % of others within a factor of {within:.2f}" in shown
    assert f"held-out error, median {found['card']['cv_relative_error']:.1%}" in shown


def test_a_device_like_none_is_told(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    pools = (table.genotypes == 4).sum(axis=1)
    lines = [f"{table.space.format(table.genotypes[row])},{1 + 9 * pools[row]}" for row in range(20)]
    (tmp_path / "odd.csv").write_text("\n".join(["architecture,joules", *lines]) + "\n")
    asked = ("--measurements", tmp_path / "odd.csv", "--column", "joules", "--unit", "J", "-o", tmp_path / "m.agp")
    done = run("adapt", devices, *asked)
    assert done.code == 0
    assert "is like none of the known ones" in done.err
    assert load_predictor(tmp_path / "m.agp").card_["unit"] == "J"


def test_what_is_measured_is_not_asked_again(run, devices: Path, tmp_path: Path) -> None:
    eight = run("adapt", devices, "--choose", 8).out.split()
    (tmp_path / "have.csv").write_text("\n".join(["architecture,latency_ms", *(f"{line},1" for line in eight[:3])]))
    asked = ("adapt", devices, "--choose", 5, "--measurements", tmp_path / "have.csv")
    assert run(*asked).out.split() == eight[3:]
    # one is enough
    (tmp_path / "have.csv").write_text(f"architecture,latency_ms\n{eight[0]},1\n")
    assert run(*asked).out.split() == eight[1:6]


def test_a_model_that_began_with_known_devices_is_begun_with_too(
    run, refused, bench: Path, devices: Path, tmp_path: Path
) -> None:
    fitted, adapted = tmp_path / "fitted.agp", tmp_path / "adapted.agp"
    assert run("fit", bench, "--target", "score", "--devices", "time", "--n", 40, "-o", fitted).code == 0
    six = measured(bench, tmp_path / "six.csv")
    found = run("adapt", fitted, "--measurements", six, "-o", adapted, "--json", "-").json
    assert found["card"]["known_devices"]["time"] > 0.3
    assert run("fit", bench, "--target", "time", "--predictor", "device", "--n", 40, "-o", fitted).code == 0
    line = refused("adapt", fitted, "--measurements", six, "-o", adapted)
    assert line.startswith(f"'{fitted}' is a model of kind 'device' that holds no known devices; make some with")


def test_measurements_are_looked_at(run, refused, bench: Path, devices: Path, tmp_path: Path) -> None:
    asked, out = ("adapt", devices, "--measurements", tmp_path / "few.csv"), ("-o", tmp_path / "m.agp")
    header, *lines = measured(bench, tmp_path / "six.csv").read_text().splitlines()

    def told(*given: str) -> str:
        (tmp_path / "few.csv").write_text("\n".join([header, *given]) + "\n")
        return refused(*asked, *out)

    few = "few.csv: latency_ms must be measured of at least 3 distinct architectures, but is of "
    assert told(*lines[:2]) == f"{few}2"
    assert told(*lines[:1] * 3) == f"{few}1"
    name = lines[2].rpartition(",")[0]
    assert told(*lines[:2], f"{name},", f"{name},nan") == f"{few}2"
    assert told(*lines[:2], f"{name},-1") == (
        "few.csv line 4: latency_ms is '-1'; expected a number above 0 or an empty cell"
    )
    assert told(*lines[:2], f"{name},0").startswith("few.csv line 4: latency_ms is '0'; expected a number above 0")
    assert told(*lines[:2], f"{name},fast").startswith("few.csv line 4: latency_ms is 'fast'; expected a number")
    assert told(*lines[:2], "|x~0|,1").startswith("few.csv line 4: architecture: '|x~0|' is no architecture of 'nb201'")
    assert not (tmp_path / "m.agp").exists()
    (tmp_path / "few.csv").write_text("\n".join([header, *lines[:4], f"{name},", f"{name},99"]), "utf-8-sig")
    done = run(*asked, *out, "--json", "-")
    assert done.json["card"]["n"] == 4
    said = " ".join(done.err.split())
    assert "1 of 6 rows of few.csv are skipped: latency_ms is not measured there" in said
    assert "1 of 4 architectures of few.csv were measured more than once; the median counts, of what is up to " in said
    assert "and 99 in line 7" in said
    quiet = run(*asked, *out, "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


def test_the_only_column_of_numbers_is_taken(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    path = measured(bench, tmp_path / "six.csv")
    path.write_text(path.read_text().replace("latency_ms", "onnx_ms"))
    found = run("adapt", devices, "--measurements", path, "-o", tmp_path / "m.agp", "--json", "-").json
    assert (found["card"]["target"], found["card"]["n"]) == ("onnx_ms", 6)


def test_devices_without_a_space_are_given_one(run, refused, bench: Path, tmp_path: Path) -> None:
    table, path = ArchTable.load(bench), tmp_path / "devices.agp"
    KnownDevices.learn(table.graphs, {"time": table["time"]}).save(path)
    line = refused("adapt", path, "--choose", 3)
    assert line == (
        f"the known devices of '{path}' do not say of which search space they are; give --space, or --table with the"
        " architectures"
    )
    lines = run("adapt", path, "--choose", 3, "--space", "nb201").out.split()
    assert lines == run("adapt", path, "--choose", 3, "--table", bench).out.split()
    asked = ("--measurements", measured(bench, tmp_path / "six.csv"), "--space", "nb201", "-o", tmp_path / "m.agp")
    assert run("adapt", path, *asked, "--json", "-").json["card"]["known_devices"]["time"] > 0.3
    assert refused("adapt", path, *asked[:2], "--space", "nb-201").startswith("Unknown search space 'nb-201'")


def test_graphs_of_ones_own_are_named_by_their_table(run, refused, bench: Path, tmp_path: Path) -> None:
    cells, own = ArchTable.load(bench), tmp_path / "own.npz"
    listed = ListedSpace("mine", cells.graphs)
    rows = np.arange(240)[:, None]
    ArchTable(listed, rows, {"time": cells["time"]}, {"time": "ms"}, {}, {"name": "mine"}).save(own)
    assert run("fit", own, "--devices", "time", "-o", tmp_path / "d.agp").code == 0
    (tmp_path / "few.csv").write_text("architecture,s\n" + "".join(f"{n},{3 * cells['time'][n]}\n" for n in range(5)))
    asked = ("adapt", tmp_path / "d.agp", "--measurements", tmp_path / "few.csv", "-o", tmp_path / "m.agp")
    assert "are of 'mine', which has no generator; give --space, or --table with" in refused(*asked)
    assert run(*asked, "--table", own).code == 0
    found = run("predict", tmp_path / "m.agp", "--table", own, "--json", "-").json
    assert [entry["predicted"] for entry in found] == pytest.approx(3 * cells["time"], rel=0.2)


def test_sums_over_operators_are_beside(run, bench: Path, devices: Path, tmp_path: Path) -> None:
    table = ArchTable.load(bench)
    networks = operator_networks(table.space.network(row) for row in table.genotypes[:40])
    sums = OperatorSum(OperatorTimes({text: Priced().milliseconds(make()) for text, make in networks.items()}))
    sums.save(tmp_path / "sum.json")
    truth = 3 * sums.operators_ms(table.space, table.genotypes[:40])
    names = [table.space.format(row) for row in table.genotypes[:40]]
    lines = [f"{name},{time}" for name, time in zip(names[:6], truth[:6], strict=True)]
    (tmp_path / "six.csv").write_text("\n".join(["architecture,latency_ms", *lines]))
    asked = ("--measurements", tmp_path / "six.csv", "--operators", tmp_path / "sum.json", "-o", tmp_path / "m.agp")
    found = run("adapt", devices, *asked, "--json", "-").json
    assert found["card"]["inputs"] == ["operators_ms"]
    (tmp_path / "archs.txt").write_text("\n".join(names))
    lines = run(
        "predict", tmp_path / "m.agp", "--archs", tmp_path / "archs.txt", "--space", "nb201", "--json", "-"
    ).json
    assert [line["predicted"] for line in lines] == pytest.approx(truth, rel=0.02)


def test_dead_operations_are_seen_where_known_devices_ran_them(run, tmp_path: Path) -> None:
    cells = space("nb201")
    genotypes = np.unique(cells.sample(240, np.random.default_rng(0)), axis=0)[::-1]
    # every convolution takes its time, also where no path leads through it
    costs = np.array([0, 0.1, 1.0, 4.0, 0.5])
    time = 2 + costs[genotypes].sum(axis=1)
    table, source = tmp_path / "written.npz", {"name": "written", "as_written": ["time", "phone"]}
    ArchTable(cells, genotypes, {"time": time, "phone": 3 * time}, source=source).save(table)
    plain = tmp_path / "plain.npz"
    ArchTable(cells, genotypes, {"time": time}).save(plain)
    assert run("fit", table, "--devices", "time", "-o", tmp_path / "d.agp").code == 0
    rows = [f"{cells.format(row)},{3 * ms}" for row, ms in zip(genotypes[:12], time, strict=False)]
    (tmp_path / "few.csv").write_text("\n".join(["architecture,latency_ms", *rows]))
    asked = ("--measurements", tmp_path / "few.csv", "-o", tmp_path / "adapted.agp")
    assert run("adapt", tmp_path / "d.agp", *asked).code == 0
    assert run("fit", table, "--target", "phone", "--devices", "time", "-o", tmp_path / "fitted.agp").code == 0
    # nothing leads to the second cell's convolution
    texts = [cells.format(row) for row in ([0, 0, 0, 3, 0, 0], [0, 0, 3, 3, 0, 0])]
    (tmp_path / "archs.txt").write_text("\n".join(texts))
    for model in ("adapted.agp", "fitted.agp"):
        asked = ("predict", tmp_path / model, "--json", "-")
        found = run(*asked, "--archs", tmp_path / "archs.txt", "--space", "nb201").json
        live, dead = (entry["predicted"] for entry in found)
        assert dead / live == pytest.approx(10 / 6, rel=0.15)
        search = ("search", "nb201", "--objectives", "ms:min,macs:min", "--predictors", f"ms={tmp_path / model}")
        chosen = run(*search, "--candidates", 60, "--budget", 2, "--json", "-").json["architectures"]
        view = View.of(load_predictor(tmp_path / model))
        assert view.as_written
        for entry in chosen:
            shown = cells.written_graphs([entry["genotype"]])
            assert entry["predicted"]["ms"] == pytest.approx(
                load_predictor(tmp_path / model).predict(shown)[0], rel=1e-4
            )
        assert [entry["predicted"] for entry in run(*asked, "--table", plain).json] == pytest.approx(
            load_predictor(tmp_path / model).predict(cells.written_graphs(genotypes))
        )


def test_it_says_what_to_measure(run, bench: Path, devices: Path) -> None:
    space = ArchTable.load(bench).space
    lines = run("adapt", devices, "--choose", 5).out.split()
    assert len({tuple(space.parse(line)) for line in lines}) == 5
    assert lines == run("adapt", devices, "--choose", 5).out.split()
    assert lines != run("adapt", devices, "--choose", 5, "--seed", 1).out.split()
    assert [entry["architecture"] for entry in run("adapt", devices, "--choose", 5, "--json", "-").json] == lines


def test_what_is_adapted_is_not_replaced(
    run, refused, bench: Path, devices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    devices.unlink()
    six = measured(bench, tmp_path / "six.csv")
    assert run("fit", bench, "--devices", "time").code == 0
    before = Path("devices.agp").read_bytes()
    assert run("adapt", "devices.agp", "--measurements", "six.csv").code == 0
    assert load_predictor("adapted.agp").card_["n"] == 6
    Path("link.agp").symlink_to("devices.agp")
    for out in ("devices.agp", "link.agp", "six.csv"):
        line = refused("adapt", devices, "--measurements", six, "-o", out)
        assert line.startswith(f"--out '{out}' would replace '")
        assert line.endswith("which is read; choose another file")
    assert Path("devices.agp").read_bytes() == before


def test_bad_input_is_refused(refused, bench: Path, devices: Path, tmp_path: Path) -> None:
    csv, out = measured(bench, tmp_path / "six.csv"), ("-o", tmp_path / "m.agp")
    assert refused("adapt", devices) == (
        "give --measurements, to adapt to them, or --choose, to be told what to measure"
    )
    assert "Unknown column 'ms'" in refused("adapt", devices, "--measurements", csv, "--column", "ms", *out)
    assert "is damaged or no predictor" in refused("adapt", bench, "--choose", 2)
    assert refused("adapt", devices, "--choose", 2, "--space", "nb201", "--table", bench) == (
        "give --space or --table, not both"
    )
    assert not (tmp_path / "m.agp").exists()

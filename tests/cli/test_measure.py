from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from archgraph.cli import main
from archgraph.data import ArchTable
from archgraph.latency import LatencyTable
from archgraph.spaces import space
from tests.processes import ends

SAYS_SIZE = "import os, sys; print(os.path.getsize(sys.argv[1]) / 1e3)"


def command(code: str) -> tuple[str, ...]:
    """Options that measure with a line of Python."""
    return ("--command", f'"{sys.executable}" -S -E -c "{code}" {{model}}', "--rounds", "1")


def measured_quietly(words: list[str]) -> None:
    """The command line in a process of its own, which comes from one that has imported everything already."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - of the process, to its end
    main(words)


# As a terminal starts it, however these tests were started.
STARTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from archgraph.cli import main
main()
"""


def interrupted(number: signal.Signals, tmp_path: Path, *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command that a signal ends while its third program hangs, which ends too."""
    started = tmp_path / "started"
    started.touch()
    code = (
        "import os, time; from pathlib import Path; "
        f"file = Path({str(started)!r}); before = file.read_text(); file.write_text(before + f'{{os.getpid()}} '); "
        "time.sleep(600 * (len(before.split()) == 2)); print(7)"
    )
    (tmp_path / "ask.py").write_text(code)
    program = ("--command", f'"{sys.executable}" -S -E "{tmp_path / "ask.py"}" {{model}}', "--rounds", "1")
    words = [sys.executable, "-c", STARTED, "measure", *arguments, *program, "--param", "together=1"]
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(
        [str(word) for word in words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while len(started.read_text().split()) < 3:
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert ends(int(started.read_text().split()[2]))
    last = time.monotonic() + 20
    while any((tmp_path / "tmp").glob("archgraph*")):
        assert time.monotonic() < last
        time.sleep(0.05)
    return process.returncode, out, " ".join(err.split())


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files of 1, 2 and 3 kB."""
    found = [tmp_path / f"{name}.onnx" for name in "abc"]
    for size, path in enumerate(found, 1):
        path.write_bytes(bytes(1000 * size))
    return found


def onnx(paths: list[Path]) -> list[str]:
    return [word for path in paths for word in ("--onnx", str(path))]


def test_architectures_are_measured_kept_and_exported(run, tmp_path: Path) -> None:
    path, table, sheet = tmp_path / "t.db", tmp_path / "t.npz", tmp_path / "t.csv"
    quick = ("--rounds", "2", "--param", "repeats=2", "-o", path)
    first = run("measure", "nb201", "--n", "2", *quick, "--export", table, "--json", "-").json
    assert (first["column"], first["unit"], first["measured"], first["kept"]) == ("latency_ms", "ms", 2, 0)
    assert first["device"]["device"] == "torch-cpu-1-batch-1"
    assert [entry["runs"] for entry in first["architectures"]] == [4, 4]
    assert first["architectures"][0]["half_width"] is None
    medians = [entry["median"] for entry in first["architectures"]]
    assert 0 < medians[0] <= medians[1]
    loaded = ArchTable.load(table)
    assert sorted(loaded["latency_ms"]) == medians
    assert loaded.units["latency_ms"] == "ms"
    again = run("measure", "nb201", "--n", "3", *quick, "--export", sheet)
    assert again.code == 0
    assert "latency_ms: milliseconds on torch-cpu-1-batch-1, fastest first" in again.out
    done = run("data", "convert", sheet, "--space", "nb201", "--target", "latency_ms:min:ms", "-o", tmp_path / "u.npz")
    assert done.code == 0
    assert len(ArchTable.load(tmp_path / "u.npz")) == 3
    with LatencyTable(path) as kept:
        assert [row.found.median for row in kept.rows("latency_ms")][:2] == loaded["latency_ms"].tolist()


def test_another_device_has_another_column(run, refused, tmp_path: Path, files: list[Path]) -> None:
    path = tmp_path / "t.db"
    assert run("measure", *onnx(files), *command(SAYS_SIZE), "-o", path).code == 0
    said = refused("measure", *onnx(files), *command("print(3)"), "-o", path)
    assert said.startswith(f"column 'latency_ms' of {str(path)!r} was measured with command ")
    assert said.endswith("; use another column or another file")
    other = run("measure", *onnx(files), *command("print(3)"), "-o", path, "--column", "phone_ms", "--json", "-").json
    assert [entry["median"] for entry in other["architectures"]] == [3, 3, 3]
    assert refused("measure", "nb201", "--n", "1", "-o", path) == (
        f"{str(path)!r} holds times of 'ONNX files', not of 'nb201'; use another file"
    )


def test_files_and_commands(run, files: list[Path]) -> None:
    found = run("measure", *onnx(files), *command(SAYS_SIZE), "--json", "-").json
    assert [entry["median"] for entry in found["architectures"]] == [1.0, 2.0, 3.0]
    assert [entry["architecture"][:7] for entry in found["architectures"]] == ["a.onnx@", "b.onnx@", "c.onnx@"]
    keyed = command("print(chr(123) + chr(34) + 'ms' + chr(34) + ': 4}')")
    found = run("measure", *onnx(files[:1]), *keyed, "--key", "ms", "--json", "-").json
    assert found["architectures"][0]["median"] == 4


def test_what_fails_is_named_and_the_others_are_kept(run, tmp_path: Path, files: list[Path]) -> None:
    picky = "import os, sys; size = os.path.getsize(sys.argv[1]); print(size / 1e3 if size - 2000 else 'oops')"
    out = tmp_path / "t.db"
    for kept in ("0", "2"):
        done = run("measure", *onnx(files), *command(picky), "-o", out, "--json", tmp_path / "t.json")
        assert done.code == 2
        failed, error = done.err.splitlines()[-2:]
        assert failed.startswith("failed: b.onnx@")
        assert error.startswith("error: 1 of 3 architectures cannot be measured, the first, b.onnx@")
        assert "the command printed 'oops' on its last line; let it print milliseconds there" in error
        assert error.endswith("; all other times are kept, and the same command tries these again")
        assert f'"kept": {kept}' in (tmp_path / "t.json").read_text()
        assert "a.onnx@" in done.out
    assert run("measure", *onnx(files), *command(SAYS_SIZE), "-o", out, "--quiet").code == 2  # another card


@pytest.mark.parametrize(
    ("code", "timeout", "said"),
    [
        ("print(0)", "60", "a run is said to have taken 0 ms, but that must be positive; correct the device"),
        ("print(-1)", "60", "a run is said to have taken -1 ms, but that must be positive; correct the device"),
        ("import sys; sys.exit(7)", "60", "the command ended with exit code 7 and said nothing"),
        (
            "import time; time.sleep(60)",
            "0.5",
            "the command did not end within 0.5 s and was ended; see what it waits for",
        ),
    ],
)
def test_what_goes_wrong_ends_in_one_line(run, files: list[Path], code: str, timeout: str, said: str) -> None:
    done = run("measure", *onnx(files[:1]), *command(code), "--timeout", timeout)
    assert done.code == 2
    assert done.err.splitlines()[-1].startswith("error: 1 of 1 architectures cannot be measured, the first, a.onnx@")
    assert said in done.err


def test_a_device_that_is_gone_ends_it(run, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.onnx" for number in range(12)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes(number + 1))
    done = run("measure", *onnx(paths), *command("import sys; sys.exit('no phone')"), "-o", tmp_path / "t.db")
    assert done.code == 2
    assert (
        "; the device seems to be gone, and 7 more were not measured; the same command tries"
        in done.err.splitlines()[-1]
    )


def test_ctrl_c_shows_what_was_measured_and_says_that_the_rest_can_follow(
    run, tmp_path: Path, files: list[Path]
) -> None:
    out = tmp_path / "t.db"
    code, shown, said = interrupted(signal.SIGINT, tmp_path, *onnx(files), "-o", out)
    assert (code, said) == (130, "interrupted; the same command goes on")
    with LatencyTable(out) as table:
        names = [row.architecture for row in table.rows("latency_ms")]
    assert len(names) == 2
    assert all(name in shown for name in names)


def test_ctrl_c_shows_what_is_kept_nowhere(tmp_path: Path, files: list[Path]) -> None:
    code, shown, said = interrupted(signal.SIGINT, tmp_path, *onnx(files), "--json", "-")
    assert code == 130
    assert said.endswith("interrupted, nothing was kept; --out FILE keeps times")
    found = json.loads(shown)
    assert (found["interrupted"], found["measured"]) == (True, 2)
    assert [entry["median"] for entry in found["architectures"]] == [7, 7]


def test_a_kill_leaves_nothing_but_the_table(tmp_path: Path) -> None:
    out = tmp_path / "t.db"
    assert interrupted(signal.SIGKILL, tmp_path, "digit-scenes", "--n", "3", "-o", out)[0] == -signal.SIGKILL
    with LatencyTable(out) as table:
        assert [row.found.median for row in table.rows("latency_ms")] == [7, 7]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_with_its_program_and_its_files(
    number: signal.Signals, tmp_path: Path, files: list[Path]
) -> None:
    out = tmp_path / "t.db"
    wanted = ("digit-scenes", "--n", "3") if number is signal.SIGTERM else onnx(files)
    code, _, said = interrupted(number, tmp_path, *wanted, "-o", out)
    assert (code, said) == (128 + number, "interrupted; the same command goes on")
    with LatencyTable(out) as table:
        assert [row.found.median for row in table.rows("latency_ms")] == [7, 7]
    assert not list(tmp_path.glob("*.lock"))


def test_what_another_process_measures_is_said_to_lack(run, tmp_path: Path, files: list[Path]) -> None:
    out, sheet = tmp_path / "t.db", tmp_path / "t.csv"
    asked = ("measure", *onnx(files), *command(SAYS_SIZE), "-o", out, "--export", sheet)
    assert run(*asked[:-2]).code == 0
    with LatencyTable(out) as table:
        first, second, third = (row.architecture for row in table.rows("latency_ms"))
        card = table.columns["latency_ms"]
    out.unlink()
    with LatencyTable(out, "ONNX files") as other:
        other.begin("latency_ms", card)
        other.claim("latency_ms", [first, second], 2)
        done = run(*asked)
        assert done.code == 0
        assert " ".join(done.err.split()) == (
            f"2 are being measured by another process, so that {str(sheet)!r} lacks them; the same command, once that "
            "has ended, has them all"
        )
        assert len(sheet.read_text().splitlines()) == 2
        assert third in sheet.read_text()
        assert run(*asked[:-2]).err.startswith("2 are being measured by another process; the same command, once")
    done = run(*asked)
    assert (done.code, done.err) == (0, "")
    assert len(sheet.read_text().splitlines()) == 4


def test_a_column_may_hold_energy(run, refused, tmp_path: Path) -> None:
    out, table = tmp_path / "t.db", tmp_path / "t.npz"
    searched = space("nb201")
    text = searched.format(searched.sample(1, np.random.default_rng(0))[0])
    asked = ("measure", "nb201", "--arch", text, *command("print(2.5)"), "--column", "energy_mj", "-o", out)
    done = run(*asked, "--unit", "mJ", "--export", table)
    assert done.code == 0
    assert f"energy_mj: mJ on command-{Path(sys.executable).name}-batch-1, least first" in done.out
    assert ArchTable.load(table).units == dict.fromkeys(("energy_mj", "energy_mj_spread", "energy_mj_half_width"), "mJ")
    found = run(*asked, "--unit", "mJ", "--json", "-").json
    assert (found["unit"], found["device"]["unit"], found["kept"]) == ("mJ", "mJ", 1)
    for other, words in (("ms", ()), ("MB", ("--unit", "MB"))):
        said = refused(*asked, *words)
        assert said.startswith(f"column 'energy_mj' of {str(out)!r} was measured with unit 'mJ', not {other!r}; use")
    assert refused("measure", "nb201", "--arch", text, "--unit", "mJ").startswith(
        "Unknown argument of the device 'torch-cpu' 'unit'."
    )


def test_killed_at_twenty_random_moments_it_ends_with_fifty_whole_rows(run, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.onnx" for number in range(50)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes(1000 + number))
    (tmp_path / "ask.py").write_text("import os, sys, time; time.sleep(0.02); print(os.path.getsize(sys.argv[1]))")
    out, rng = tmp_path / "t.db", np.random.default_rng(0)
    program = f'"{sys.executable}" -S -E "{tmp_path / "ask.py"}" {{model}}'
    asked = ["measure", *onnx(paths), "--device", "command", "--command", program, "--rounds", "1", "-o", str(out)]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cli.test_measure", "archgraph.cli.to_measure", "archgraph.latency.export"])
    seen: dict[str, tuple[float, float]] = {}
    killed = 0
    for _ in range(20):
        process = context.Process(target=measured_quietly, args=([*asked, "--param", "together=1"],), daemon=True)
        process.start()
        while process.is_alive() and len(_rows(out)) == len(seen):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.05))
        killed += process.is_alive()
        process.kill()
        process.join()
        now = _rows(out)
        assert {name: now[name] for name in seen} == seen
        seen = now
    assert killed >= 11
    assert run(*asked, "--param", "together=1").code == 0
    final = _rows(out)
    assert {name: final[name] for name in seen} == seen
    assert sorted(median for median, _ in final.values()) == [1000 + number for number in range(50)]
    with LatencyTable(out) as table:
        assert len(table.rows("latency_ms")) == 50


def _rows(path: Path) -> dict[str, tuple[float, float]]:
    """Architecture to median and time of writing; none before the file is begun."""
    try:
        with LatencyTable(path) as table:
            found = table.rows("latency_ms") if table.columns else []
    except (FileNotFoundError, ValueError):
        return {}
    return {row.architecture: (row.found.median, row.at) for row in found}


def test_a_wrong_onnx_file_is_named(run, files: list[Path]) -> None:
    done = run("measure", *onnx(files[:1]), "--device", "onnx-cpu")
    assert done.code == 2
    assert "'a.onnx' is no ONNX file that ONNX Runtime can open" in done.err.splitlines()[-1]


def test_onnx_runtime_is_a_device(run) -> None:
    text = space("nb201").format(space("nb201").sample(1, np.random.default_rng(0))[0])
    arguments = ("--device", "onnx-cpu", "--rounds", "1", "--batch", "2", "--threads", "1", "--json", "-")
    found = run("measure", "nb201", "--arch", text, *arguments).json
    assert found["device"]["device"] == "onnx-cpu-1-batch-2"
    assert found["architectures"][0]["median"] > 0


def test_many_are_not_all_shown(run, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.onnx" for number in range(33)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes(number + 1))
    done = run("measure", *onnx(paths), *command(SAYS_SIZE))
    assert "3 slower ones are not shown" in done.err
    assert "29.onnx@" in done.out
    assert "30.onnx@" not in done.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nb201", "--n", "1", "--device", "torch-gpu"], "Unknown device 'torch-gpu'. Did you mean 'torch-cpu'?"),
        (["nb201", "--n", "1", "--timeout", "3"], "Unknown argument of the device 'torch-cpu' 'timeout'."),
        (["nb201", "--n", "1", "--device", "command"], "the device 'command' takes a 'command'; give one"),
        (
            ["nb201", "--n", "1", "--command", "python"],
            "command must be a program and arguments, one of them with {model}",
        ),
        (
            ["nb201", "--n", "1", "--command", "a 'b"],
            '--command "a \'b" cannot be split into words: No closing quotation',
        ),
        (["nb201", "--n", "1", "--precision-goal", "-1"], "precision_goal must be a number of at least 0, but is -1"),
        (["nb201", "--n", "1", "--export", "a.txt"], "--export must end in .npz or .csv, but is 'a.txt'"),
        (["nb201", "--n", "1", "-o", "none/a.db"], "cannot write 'none/a.db': there is no folder"),
        (["--onnx", "none.onnx"], "No such file or directory: none.onnx"),
        (["nb201", "--arch", "x"], "'x' is no"),
    ],
)
def test_bad_input_is_refused(refused, arguments: list[str], line: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("measure", *arguments).startswith(line)
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_is_not_written_over(refused, bench: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("0-0-0\n")
    for asked in (("--table", bench, "--export", bench), ("nb201", "--archs", lines, "--export", lines)):
        assert refused("measure", *asked, "-o", tmp_path / "t.db").endswith("which is read; choose another file")
    line = refused("measure", "nb201", "--n", "1", "-o", tmp_path / "t.npz", "--export", tmp_path / "t.npz")
    assert line.endswith("is --out too; choose another file")
    assert lines.read_text() == "0-0-0\n"
    assert not (tmp_path / "t.npz").exists()

"""Programs of the user's as devices."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from archgraph.graph import GraphBuilder
from archgraph.latency import Command, Protocol
from archgraph.latency.command import number
from tests.processes import ends

ONCE = Protocol(rounds=1, repeats=1, settle=0, warm_up=0)


def program(code: str, **arguments: Any) -> Command:
    return Command([sys.executable, "-S", "-E", "-c", code, "{model}"], protocol=ONCE, **arguments)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "some net; $(touch hacked).onnx"
    path.write_bytes(b"12345")
    return path


def reason(device: Command, model: Path) -> str:
    (found,) = device.measured([model])
    assert found.found is None
    assert "\n" not in found.reason
    return found.reason


def test_it_reads_the_last_line_and_gives_the_file_as_one_argument(model: Path, tmp_path: Path) -> None:
    code = "import os, sys; print('hello'); print(os.path.getsize(sys.argv[1]) / 2); print()"
    (found,) = program(code).measured([model])
    assert found.found is not None
    assert found.found.median == 2.5
    assert list(tmp_path.iterdir()) == [model]


def test_placeholders_within_words_are_filled(model: Path) -> None:
    code = "import sys; print(len(sys.argv[1].removeprefix('--net=')) and 4)"
    (found,) = Command([sys.executable, "-c", code, "--net={model}"], protocol=ONCE).measured([model])
    assert found.found is not None
    assert found.found.median == 4


def test_it_reads_a_key_of_json(model: Path) -> None:
    code = 'print(\'{"ms": 7.5, "runs": 3}\')'
    (found,) = program(code, key="ms").measured([model])
    assert found.found is not None
    assert found.found.median == 7.5


@pytest.mark.parametrize(
    ("printed", "key", "expected"),
    [
        ("1\n2.5\n", None, 2.5),
        (" 1e-3 \n\n", None, 0.001),
        ('log\n{"ms": 3}\n', "ms", 3.0),
        ('{\n "ms": 3.5\n}\n', "ms", 3.5),
    ],
)
def test_output_that_is_understood(printed: str, key: str | None, expected: float) -> None:
    assert number(printed, key) == expected


@pytest.mark.parametrize(
    ("printed", "key", "message"),
    [
        ("", None, "the command printed nothing; let it print milliseconds on its last line"),
        (
            "ok\n3 ms",
            None,
            "the command printed '3 ms' on its last line; let it print milliseconds there, a number alone",
        ),
        ('{"ms": 3}', None, "a number alone, or JSON, and name the key"),
        ("3", "ms", "the command printed '3' on its last line; expected JSON with the key 'ms'"),
        ('{"s": 3}', "ms", "the command printed JSON without the key 'ms'; let that be a number of milliseconds"),
        ('{"ms": "3"}', "ms", "the command printed '3' as 'ms'; let that be a number"),
        ('{"ms": true}', "ms", "the command printed True as 'ms'"),
        ("[" * 100_000, "ms", "expected JSON with the key 'ms'"),
        ("x" * 1000, None, r"printed 'x{76}\.\.\. on its last line"),
    ],
)
def test_nonsense_is_told(printed: str, key: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        number(printed, key)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('nonsense')", "the command printed 'nonsense' on its last line; let it print milliseconds there"),
        ("print(0)", "a run is said to have taken 0 ms, but that must be positive; correct the device"),
        ("print(-3)", "a run is said to have taken -3 ms, but that must be positive"),
        ("print('nan')", "a run is said to have taken nan ms, but that must be positive"),
        ("import sys; sys.exit('no phone')", "the command ended with exit code 1: 'no phone'"),
        ("import sys; sys.exit(3)", "the command ended with exit code 3 and said nothing"),
        ("import os; os.kill(os.getpid(), 9)", "the command ended with signal 9 and said nothing"),
        ("import sys; sys.stdout.buffer.write(bytes([255, 10]))", "the command printed '\N{REPLACEMENT CHARACTER}' on"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(code: str, said: str, model: Path) -> None:
    assert reason(program(code), model).startswith(said)


def test_it_tells_something_else_in_another_unit(model: Path) -> None:
    assert program("print(1)").unit == "ms"
    assert reason(program("print(0)", unit="mJ"), model).startswith(
        "a run is said to have taken 0 mJ, but that must be"
    )
    assert reason(program("print('?')", unit="MB"), model).startswith(
        "the command printed '?' on its last line; let it print MB"
    )
    with pytest.raises(ValueError, match="unit must name what the command tells, such as 'mJ', but is ' '"):
        program("print(1)", unit=" ")


def test_one_that_hangs_is_ended_with_what_it_started(model: Path, tmp_path: Path) -> None:
    mark = tmp_path / "child"
    code = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']); "
        f"open({str(mark)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    start = time.perf_counter()
    said = reason(program(code, timeout=1.5), model)
    assert said == "the command did not end within 1.5 s and was ended; see what it waits for, or allow more time"
    assert time.perf_counter() - start < 20
    child = int(mark.read_text())
    assert ends(child)


def test_a_program_that_disappears_is_told(model: Path, tmp_path: Path) -> None:
    script = tmp_path / "phone"
    script.write_text(f"#!{sys.executable} -S\nprint(1)\n")
    script.chmod(0o755)
    device = Command([str(script), "{model}"], protocol=ONCE)
    assert next(device.measured([model])).found is not None
    script.unlink()
    assert reason(device, model) == f"the command {str(script)!r} cannot be started: No such file or directory"


def test_a_missing_model_is_told_before_the_program_is_started(tmp_path: Path) -> None:
    assert "No such file or directory" in reason(program("print(1)"), tmp_path / "none.onnx")


def test_architectures_are_given_as_onnx_files_that_are_removed_again() -> None:
    net = GraphBuilder()
    net.output(net.conv(net.input(3, 8, 8), 4, kernel=3))
    device = program("import sys; print(len(open(sys.argv[1], 'rb').read()))")
    run = device.load(net.graph())
    folder = run.model.parent  # type: ignore[attr-defined]
    assert run() > 100
    assert folder.exists()
    del run
    assert not folder.exists()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["python"], r"command must be a program and arguments, one of them with \{model\}, but is \['python'\]"),
        ([], "command must be a program and arguments"),
        ("bench {model}", r"one of them with \{model\}, but is 'bench \{model\}'"),
        (["no-such-program", "{model}"], "command 'no-such-program' is no program that can be started; give its path"),
    ],
)
def test_bad_commands(command: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Command(command)


def test_the_card_says_what_is_started() -> None:
    card = Command([sys.executable, "{model}"], key="ms", label="pixel").card()
    assert card["device"] == "pixel"
    assert "{model}" in card["command"]
    assert card["reads"] == "the key 'ms' of JSON"
    assert card["exporter"] == f"torch {torch.__version__}"
    assert "no warm-up" in card["protocol"]

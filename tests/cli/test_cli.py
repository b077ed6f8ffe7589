from __future__ import annotations

import errno
import os
import warnings

import pytest

from archgraph import cli
from archgraph.cli.output import Output
from archgraph.latency.machine import NoisyMachineWarning
from archgraph.registry import UnknownNameError


def run(*args: str) -> int:
    """The exit code of the command line."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(args)
    return int(stopped.value.code or 0)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    for command in ("quickstart", "data", "fit", "predict", "rank", "search", "resume", "verify", "report", "graph"):
        assert f" {command} " in shown


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from archgraph import __version__

    assert run("--version") == 0
    assert capsys.readouterr().out == f"archgraph {__version__}\n"


def test_waiting_threads_sleep_unless_the_user_wants_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    run("--version")
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    run("--version")
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_misspelt_options_and_commands_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rank", "--no-such-option") == 2
    assert "--no-such-option" in capsys.readouterr().err
    assert run("rnak") == 2
    assert "rnak" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("n must be\n at most 3"), "error: n must be at most 3\n"),
        (
            UnknownNameError("size", "smal", ["small"]),
            "error: Unknown size 'smal'. Did you mean 'small'? Known: small.\n",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.json"), "error: No such file: a.json\n"),
        (OSError("cannot write 'x'"), "error: cannot write 'x'\n"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    error: Exception, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    assert run("data", "list") == 2
    assert capsys.readouterr().err == line


def test_a_traceback_is_shown_on_request(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ARCHGRAPH_DEBUG", "1")
    assert run("data", "info", "no-such-table") == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("error: Unknown table 'no-such-table'.")


def test_warnings_of_ours_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def warn(**_: object) -> None:
        warnings.warn("4 of 5 times\n are wide", NoisyMachineWarning, stacklevel=1)
        raise SystemExit(0)

    monkeypatch.setattr(cli, "app", warn)
    before = warnings.showwarning
    warnings.simplefilter("default", NoisyMachineWarning)
    assert run("search") == 0
    assert capsys.readouterr().err == "warning: 4 of 5 times are wide\n"
    assert warnings.showwarning is before


@pytest.mark.parametrize("quiet", [False, True])
def test_who_wants_quiet_hears_no_warnings(
    quiet: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def warn(**_: object) -> None:
        Output(quiet=quiet)
        warnings.warn_explicit("wide", NoisyMachineWarning, "measured.py", 1, module="archgraph.evaluators.measured")
        raise SystemExit(0)

    monkeypatch.setattr(cli, "app", warn)
    warnings.simplefilter("default", NoisyMachineWarning)
    before = list(warnings.filters)
    assert run("search") == 0
    assert capsys.readouterr().err == ("" if quiet else "warning: wide\n")
    assert warnings.filters == before


def test_a_mistake_of_ours_is_no_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise AssertionError("a defect")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(AssertionError, match="a defect"):
        cli.main(["data", "list"])

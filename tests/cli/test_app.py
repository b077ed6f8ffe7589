from __future__ import annotations

import pytest

COMMANDS = (
    "quickstart",
    "pretrain",
    "fit",
    "predict",
    "rank",
    "search",
    "resume",
    "verify",
    "report",
    "graph",
    "data list",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.code == 0
    assert f"archgraph {command} [OPTIONS]" in done.out
    assert "--json" in done.out


def test_without_a_command_there_is_help(run) -> None:
    done = run()
    assert "Usage: archgraph" in done.out + done.err

"""The light paths stay light."""

from __future__ import annotations

import json
import subprocess
import sys
import time

HEAVY = ("torch", "torch_geometric", "xgboost", "sklearn", "pymoo", "scipy", "plotly", "matplotlib", "pandas")


def _modules_after(code: str) -> set[str]:
    script = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_archgraph_imports_nothing_heavy() -> None:
    assert _modules_after("import archgraph").isdisjoint(HEAVY)


def test_the_command_line_imports_nothing_heavy_before_it_runs() -> None:
    loaded = _modules_after("import archgraph.cli\narchgraph.cli.main(['--help'], standalone_mode=False)")
    assert loaded.isdisjoint({*HEAVY, "numpy"})


def test_help_answers_in_half_a_second() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "archgraph", "--help"], capture_output=True, text=True, check=True)
        assert "quickstart" in done.stdout
        return time.perf_counter() - start

    # The best of several runs: what else the machine does at the moment only ever adds time.
    assert min(seconds() for _ in range(7)) < 0.5

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from xml.etree import ElementTree

import pytest

CELL = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|none~1|nor_conv_1x1~2|"


def test_an_architecture_has_the_costs_of_its_network(run) -> None:
    from archgraph.spaces import space

    found = run("graph", CELL, "--space", "nb201", "--json", "-").json
    searched = space("nb201")
    costs = searched.costs(searched.parse(CELL))
    assert {name: found[name] for name in costs} == {name: values[0] for name, values in costs.items()}
    assert found["operations"]["conv"] == sum(op == "conv" for op in searched.network(searched.parse(CELL)).ops)


def test_a_torch_module_is_traced(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
        from torch import nn
        def make():
            return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.ReLU(), nn.Softplus())
    """
    (tmp_path / "my_nets.py").write_text(textwrap.dedent(source))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    done = run("graph", "my_nets:make", "--input", "3x4x4", "--json", "-")
    # 8 filters of 3 x 3 x 3 weights, each applied at 4 x 4 places
    assert done.json["params"] == 216
    assert done.json["macs"] == 216 * 16
    assert done.json["operations"] == {"input": 1, "conv": 1, "relu": 1, "other": 1, "output": 1}
    assert "warning: traced as 'other', costs not counted: softplus" in done.err.lower()


def test_graphs_are_written_and_read_back(run, tmp_path: Path) -> None:
    written = run("graph", CELL, "--space", "nb201", "--compact", "-o", tmp_path / "a.json", "-o", tmp_path / "a.svg")
    assert written.code == 0
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")
    again = run("graph", tmp_path / "a.json", "--json", "-", "--quiet").json
    first = run("graph", CELL, "--space", "nb201", "--compact", "--json", "-", "--quiet").json
    assert again == first
    assert again["graph"] == json.loads((tmp_path / "a.json").read_text())


def test_a_graph_is_not_replaced(run, refused, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert run("graph", CELL, "--space", "nb201", "-o", path).code == 0
    before = path.read_bytes()
    assert "which is read; choose another file" in refused("graph", path, "-o", path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["x"], "SPEC is 'x'; expected a .json file, 'module:name', or an architecture with --space"),
        (["no_such_module:net"], "SPEC is 'no_such_module:net', but there is no Python module 'no_such_module'"),
        (["..nets:net"], "SPEC is '..nets:net'; expected 'module:name', both as Python spells them"),
        ([":net"], "SPEC is ':net'; expected 'module:name', both as Python spells them"),
        (["math:nte"], "SPEC is 'math:nte', but module 'math' has no 'nte'"),
        (["math:pi"], "SPEC is 'math:pi', which is float; expected a torch module or its factory"),
        (
            ["torch.nn:ReLU", "--input", "3,4"],
            "--input must be sizes with an x between them, like 3x224x224, but is '3,4'",
        ),
        ([CELL, "--space", "nb-201"], "Unknown search space 'nb-201'. Did you mean 'nb201'?"),
        (["|nor_conv_3x3~0|", "--space", "nb201"], "'|nor_conv_3x3~0|' is no architecture of 'nb201'"),
        (["no.json"], "No such file or directory: no.json"),
        ([CELL, "--space", "nb201", "-o", "graph.png"], "--out must end in .json or .svg, but is 'graph.png'"),
        ([CELL, "--space", "nb201", "-o", "no/a.svg"], "cannot write 'no/a.svg': there is no folder"),
    ],
)
def test_bad_input_is_refused(
    refused, arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("graph", *arguments).startswith(line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", "is no JSON: Expecting property name"),
        ('{"nodes": [{"op": "input"}, {"op": "output"}], "edges": [[1, 0]]}', "edges must go forward"),
        ('{"nodes": [{"op": "input"}, {"op": "output"}], "edges": []}', "a graph needs a path from input to output"),
    ],
)
def test_files_that_are_no_graphs_are_refused(refused, content: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    assert line in refused("graph", tmp_path / "a.json")

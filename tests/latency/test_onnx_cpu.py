"""Times on this machine's CPU through ONNX Runtime."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from archgraph.graph import ArchGraph, GraphBuilder
from archgraph.graph.operators import operators
from archgraph.latency import OnnxCPU, Protocol
from archgraph.networks import build, export_onnx
from archgraph.networks.random_inputs import plainly_laid_out, random_inputs
from archgraph.spaces import space

SHORT = Protocol(rounds=2, repeats=3)


def small() -> ArchGraph:
    net = GraphBuilder()
    x = net.add("relu", [net.conv(net.input(3, 16, 16), 8, kernel=3)])
    net.output(net.linear(net.flatten(net.global_avg_pool(x)), 4))
    return net.graph()


def write(path: Path, kind: int, shape: list[int | str], op: str = "Identity") -> Path:
    """An ONNX file of one operation."""
    given = helper.make_tensor_value_info("x", kind, shape)
    result = helper.make_tensor_value_info("y", kind, None)
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"])], "one", [given], [result])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    return path


def reason(network: Path, **arguments: int) -> str:
    (found,) = OnnxCPU(protocol=SHORT, **arguments).measured([network])
    assert found.found is None
    return found.reason


def test_it_computes_what_torch_does_and_tells_how_long() -> None:
    device, graph = OnnxCPU(batch=2, protocol=SHORT), small()
    images = plainly_laid_out(random_inputs(graph, 2))
    assert isinstance(images, torch.Tensor)
    (found,) = device.session(graph).run(None, {"input": images.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(found, build(graph).eval()(images).numpy(), rtol=1e-4, atol=1e-6)
    (outcome,) = device.measured([graph])
    assert outcome.found is not None
    assert outcome.found.median > 0
    assert outcome.found.runs == 6


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (TensorProto.FLOAT, ["batch", 3]),
        (TensorProto.FLOAT16, [2, 3]),
        (TensorProto.INT64, [2]),
        (TensorProto.BOOL, [2, 1]),
        (TensorProto.FLOAT, []),
    ],
)
def test_inputs_of_files_are_made_up(kind: int, shape: list[int | str], tmp_path: Path) -> None:
    (found,) = OnnxCPU(batch=2, protocol=SHORT).measured([write(tmp_path / "a.onnx", kind, shape)])
    assert found.reason == ""
    assert found.found is not None


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\x08"])
def test_what_is_no_onnx_file_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    said = reason(path)
    assert said.startswith("'a.onnx' is no ONNX file that ONNX Runtime can open: ")
    assert "\n" not in said


def test_a_missing_file_is_the_systems_error(tmp_path: Path) -> None:
    assert "No such file or directory" in reason(tmp_path / "none.onnx")


def test_a_file_of_an_unknown_operation_is_told(tmp_path: Path) -> None:
    said = reason(write(tmp_path / "a.onnx", TensorProto.FLOAT, [1], op="Teleport"))
    assert said.startswith("'a.onnx' is no ONNX file that ONNX Runtime can open")


def test_inputs_that_cannot_be_made_up_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", TensorProto.FLOAT, [1, "length"])
    assert reason(path) == (
        "its input 'x' is of [1, 'length'], which leaves more open than the batch; write the file with fixed sizes"
    )
    path = write(tmp_path / "b.onnx", TensorProto.FLOAT, [8, 3])
    assert reason(path) == ("its input 'x' is of [8, 3], made for a batch of 8, not 1; measure with a batch of 8")
    path = write(tmp_path / "c.onnx", TensorProto.STRING, [1])
    assert reason(path) == "its input 'x' is a tensor(string); expected a tensor of numbers"


def test_what_fails_while_it_runs_is_told(tmp_path: Path) -> None:
    # A reshape to a shape that the three numbers cannot have.
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    wrong = helper.make_tensor("shape", TensorProto.INT64, [1], [7])
    graph = helper.make_graph([helper.make_node("Reshape", ["x", "shape"], ["y"])], "one", [given], [result], [wrong])
    path = tmp_path / "a.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    assert reason(path).startswith("ONNX Runtime cannot run it: ")


def test_what_depends_on_no_input_is_computed_before_it_runs(tmp_path: Path) -> None:
    cells = space("nb201")
    cut_off = cells.network(cells.parse("|none~0|+|nor_conv_3x3~0|none~1|+|none~0|nor_conv_3x3~1|none~2|"))
    whole = cells.network(cells.parse("|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"))
    left = {}
    for name, network in (("cut off", cut_off), ("whole", whole)):
        export_onnx(network, tmp_path / "exported.onnx", 1)
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
        onnxruntime.InferenceSession(tmp_path / "exported.onnx", options, providers=["CPUExecutionProvider"])
        left[name] = len(onnx.load(tmp_path / "optimised.onnx").graph.node)
    assert len(operators(cut_off, folds=True)) == left["cut off"] == 0
    assert len(operators(whole, folds=True)) > 10 < left["whole"]
    assert OnnxCPU().card()["constants"] == "folded"


def test_the_card_says_what_decides_the_times() -> None:
    card = OnnxCPU(batch=4, threads=2).card()
    assert (card["device"], card["batch"], card["threads"]) == ("onnx-cpu-2-batch-4", "4", "2")
    assert card["onnxruntime"]
    assert card["processor"]


def test_without_onnx_runtime_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=r"takes onnxruntime; install with: pip install 'archgraph\[onnx\]'"):
        OnnxCPU()

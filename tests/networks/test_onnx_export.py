"""Networks as ONNX files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from archgraph.graph import ArchGraph, GraphBuilder
from archgraph.networks import build, export_onnx
from archgraph.networks.random_inputs import plainly_laid_out, random_inputs
from archgraph.spaces import space


def shuffled() -> ArchGraph:
    """Groups, a channel shuffle, squeeze and two kinds of pooling: what exporters tend to lack."""
    net = GraphBuilder()
    x = net.conv(net.input(3, 16, 16), 8, kernel=3, stride=2)
    x = net.add("channel_shuffle", [net.conv(x, 8, kernel=1, groups=2)], groups=2)
    x = net.add("relu", [x])
    net.output(net.linear(net.flatten(net.global_avg_pool(x)), 5))
    return net.graph()


def cell() -> ArchGraph:
    name = "nb201"
    return space(name).network(space(name).sample(1, np.random.default_rng(3))[0])


def outputs(path: Path, images: torch.Tensor) -> Any:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["input"]
    assert session.get_inputs()[0].shape == list(images.shape)
    return session.run(["output"], {"input": images.numpy()})[0]


@pytest.mark.parametrize("graph", [shuffled(), cell()], ids=["shuffled", "cell"])
def test_the_file_computes_what_the_network_does(graph: ArchGraph, tmp_path: Path, capfd) -> None:
    path = tmp_path / "a.onnx"
    export_onnx(graph, path, batch=3)
    assert [file.name for file in tmp_path.iterdir()] == ["a.onnx"]
    images = plainly_laid_out(random_inputs(graph, 3))
    assert isinstance(images, torch.Tensor)
    with torch.no_grad():
        expected = build(graph).eval()(images).numpy()
    np.testing.assert_allclose(outputs(path, images), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    net = GraphBuilder()
    net.output(net.add("relu", [net.add("input", (), c_out=3, height=1)]))
    with pytest.raises(ValueError, match="it lacks the attribute 'width'"):
        export_onnx(net.graph(), tmp_path / "a.onnx")
    with pytest.raises(ValueError, match="batch must be a whole number at least 1, but is 0"):
        export_onnx(shuffled(), tmp_path / "a.onnx", batch=0)
    assert list(tmp_path.iterdir()) == []


def test_without_the_packages_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match=r"takes onnxscript; install with: pip install 'archgraph\[onnx\]'"):
        export_onnx(shuffled(), tmp_path / "a.onnx")


def test_several_inputs_are_numbered(tmp_path: Path) -> None:
    net = GraphBuilder()
    net.output(net.add("add", [net.input(3, 8, 8), net.input(3, 8, 8)]))
    export_onnx(net.graph(), tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "a.onnx"), providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["input_0", "input_1"]
    assert [each.name for each in session.get_outputs()] == ["output"]

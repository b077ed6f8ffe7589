"""A full graph as an ONNX file."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch

from archgraph import _check
from archgraph._files import whole_file
from archgraph.graph import ArchGraph
from archgraph.networks.network import build
from archgraph.networks.random_inputs import plainly_laid_out, random_inputs

NEEDED = ("onnx", "onnxscript")


def export_onnx(network: ArchGraph, path: str | os.PathLike[str], batch: int = 1) -> None:
    """Write the network of a full graph, with first weights and ready to classify, as one ONNX file.

    Its input is called ``input``, its output ``output``; several are numbered, ``input_0``. An image is float32
    ``(batch, C, H, W)``, other inputs are as ``random_inputs`` has them.

    Args:
        network: A full graph whose inputs know their sizes.
        path: The file, written whole or not at all.
        batch: Images that it takes at once.

    Raises:
        ImportError: onnx or onnxscript is not installed.
        ValueError: The network cannot run, does not know the size of an input, or has an operation that ONNX lacks.
        OSError: The file cannot be written.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ImportError(
            f"to write ONNX files takes {' and '.join(missing)}; install with: pip install 'archgraph[onnx]'"
        )
    given = plainly_laid_out(random_inputs(network, _check.positive_int("batch", batch)))
    module = build(network).eval()
    with whole_file(path) as partial, _quietly():
        try:
            torch.onnx.export(
                module,
                (given,),
                str(partial),
                input_names=_names(network, "input"),
                output_names=_names(network, "output"),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except torch.onnx.OnnxExporterError as error:
            lines = str(error).strip().splitlines()
            raise ValueError(f"the network cannot be written as ONNX: {lines[0] if lines else error!r}") from error


def _names(network: ArchGraph, op: str) -> list[str]:
    count = network.ops.count(op)
    return [op] if count == 1 else [f"{op}_{number}" for number in range(count)]


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the exporter's remarks on packages that it could use, and on its own deprecations."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

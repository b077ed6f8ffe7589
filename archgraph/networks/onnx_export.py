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
from archgraph.networks.image_input import random_images
from archgraph.networks.network import build

NEEDED = ("onnx", "onnxscript")


def export_onnx(network: ArchGraph, path: str | os.PathLike[str], batch: int = 1) -> None:
    """Write the network of a full graph, with first weights and ready to classify, as one ONNX file.

    Its input is called ``input``, a float32 image ``(batch, C, H, W)``, its output ``output``.

    Args:
        network: A full graph that takes one image.
        path: The file, written whole or not at all.
        batch: Images that it takes at once.

    Raises:
        ImportError: onnx or onnxscript is not installed.
        ValueError: The network cannot run, does not take one image of known size, or has an operation that ONNX lacks.
        OSError: The file cannot be written.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ImportError(
            f"to write ONNX files takes {' and '.join(missing)}; install with: pip install 'archgraph[onnx]'"
        )
    images = random_images(network, _check.positive_int("batch", batch)).contiguous()
    module = build(network).eval()
    with whole_file(path) as partial, _quietly():
        try:
            torch.onnx.export(
                module,
                (images,),
                str(partial),
                input_names=["input"],
                output_names=["output"],
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except torch.onnx.OnnxExporterError as error:
            lines = str(error).strip().splitlines()
            raise ValueError(f"the network cannot be written as ONNX: {lines[0] if lines else error!r}") from error


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

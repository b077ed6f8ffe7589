"""Single functions, traced, for the tests of tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from archgraph.graph import ArchGraph
from archgraph.graph.tracing import trace


class Apply(nn.Module):
    """One function of the input and of weights."""

    def __init__(self, function: Callable[..., Tensor], **weights: tuple[int, ...]) -> None:
        super().__init__()
        self.function = function
        for name, shape in weights.items():
            setattr(self, name, nn.Parameter(torch.rand(shape)))
        self.names = tuple(weights)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, *[getattr(self, name) for name in self.names])


def traced(function: Callable[..., Any], *shape: int, **weights: tuple[int, ...]) -> ArchGraph:
    return trace(Apply(function, **weights), torch.rand(shape))


def only_op(graph: ArchGraph) -> tuple[str, dict[str, float]]:
    """The one operation between input and output, with its attributes besides channels and sizes."""
    (node,) = [i for i, op in enumerate(graph.ops) if op not in ("input", "output")]
    found = graph.to_json()["nodes"][node]
    return found.pop("op"), {k: v for k, v in found.items() if k not in ("c_in", "c_out", "height", "width")}

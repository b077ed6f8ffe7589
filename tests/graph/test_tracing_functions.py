from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from archgraph.graph.tracing_functions import FUNCTION_RULES
from tests.traced import only_op, traced


@pytest.mark.parametrize(
    ("function", "op"),
    [
        (functional.relu, "relu"),
        (torch.relu, "relu"),
        (lambda x: x.relu(), "relu"),
        (functional.relu6, "relu6"),
        (functional.hardswish, "hard_swish"),
        (functional.hardsigmoid, "hard_sigmoid"),
        (torch.sigmoid, "sigmoid"),
        (lambda x: x.sigmoid(), "sigmoid"),
        (functional.silu, "silu"),
        (functional.gelu, "gelu"),
        (torch.tanh, "tanh"),
        (functional.leaky_relu, "leaky_relu"),
        (lambda x: functional.softmax(x, dim=1), "softmax"),
        (lambda x: x.softmax(-3), "softmax"),
        (functional.dropout, "dropout"),
        (torch.zeros_like, "zero"),
        (lambda x: functional.adaptive_avg_pool2d(x, 1), "global_avg_pool"),
        (lambda x: x.mean((2, 3), keepdim=True), "global_avg_pool"),
        (lambda x: torch.flatten(x, 1), "flatten"),
        (lambda x: x.view(x.size(0), -1), "flatten"),
        (lambda x: x.flatten(2), "flatten"),
    ],
)
def test_functions_without_attributes(function: Callable[..., Tensor], op: str) -> None:
    assert only_op(traced(function, 2, 4, 6, 6)) == (op, {})


def test_every_rule_can_be_looked_up() -> None:
    assert all(callable(rule) for rule in FUNCTION_RULES.values())
    assert FUNCTION_RULES["view"] is FUNCTION_RULES[torch.flatten]

"""First weights, drawn from a generator that the caller names."""

from __future__ import annotations

import math

import torch
from torch import nn


def initialise(module: nn.Module, generator: torch.Generator) -> None:
    """Set every parameter and buffer of ``module`` in the order of its submodules.

    Convolutions: normal with variance 2 / (places under the kernel * output channels of a group), so that variances
    survive a ReLU on the way back. Matrix products: variance 1 / inputs. Embeddings: deviation 0.02. Biases are 0,
    normalisations the identity.

    Args:
        module: Parameters on any device; they must exist, but may hold anything.
        generator: Of the same device.

    Source:
        He et al., "Delving Deep into Rectifiers", 2015, for the convolutions.
    """
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            fan_out = part.out_channels // part.groups * math.prod(part.kernel_size)
            _draw(part.weight, math.sqrt(2 / fan_out), part.bias, generator)
        elif isinstance(part, nn.Linear):
            _draw(part.weight, math.sqrt(1 / part.in_features), part.bias, generator)
        elif isinstance(part, nn.Embedding):
            _draw(part.weight, 0.02, None, generator)
        elif isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d | nn.LayerNorm | nn.GroupNorm):
            part.reset_parameters()


def _draw(weight: torch.Tensor, deviation: float, bias: torch.Tensor | None, generator: torch.Generator) -> None:
    with torch.no_grad():
        weight.normal_(0, deviation, generator=generator)
        if bias is not None:
            bias.zero_()

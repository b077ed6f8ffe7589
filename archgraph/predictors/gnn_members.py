"""What the members of a committee are made of: maps and tables side by side."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

SMALLEST_SQUARE = 1e-5
"""Added to mean squares, so that silence stays silence."""


class MemberLinear(nn.Module):
    """M linear maps side by side: ``(M, N, I)`` to ``(M, N, O)``.

    Args:
        members: M.
        inputs: I.
        outputs: O.
        generator: Draws the weights.
    """

    def __init__(self, members: int, inputs: int, outputs: int, generator: Generator) -> None:
        super().__init__()
        weight = torch.randn(members, inputs, outputs, generator=generator) / max(inputs, 1) ** 0.5
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Apply member m's map to ``x[m]``."""
        return torch.baddbmm(self.bias, x, self.weight)


class MemberEmbedding(nn.Module):
    """M tables side by side: ``(N,)`` codes to ``(M, N, H)``.

    Args:
        members: M.
        codes: Number of different codes.
        width: H.
        scale: Deviation of the first weights.
        generator: Draws the weights.
    """

    def __init__(self, members: int, codes: int, width: int, scale: float, generator: Generator) -> None:
        super().__init__()
        # the rows of one code lie together: a look-up for all members copies one piece of memory
        self.weight = nn.Parameter(torch.randn(codes, members, width, generator=generator) * scale)

    def forward(self, codes: Tensor) -> Tensor:
        """Look ``codes`` up in all tables."""
        count, members, width = self.weight.shape
        found = functional.embedding(codes, self.weight.view(count, members * width))
        return found.view(-1, members, width).transpose(0, 1)


def updated(h: Tensor, heard: Tensor) -> Tensor:
    """New states ``(M, N, H)``: the old ones plus what was heard, at a size of 1, where it is positive.

    Args:
        h: ``(M, N, H)`` states.
        heard: ``(M, N, H)``; each row is divided by its root mean square.

    Source:
        Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, https://arxiv.org/abs/1910.07467.
    """
    # a product with ones adds narrow rows up several times faster than torch's sums and normalisations do
    width = heard.shape[-1]
    square = heard.square() @ heard.new_full((width, 1), 1 / width)
    return functional.relu(heard * torch.rsqrt(square + SMALLEST_SQUARE)) + h

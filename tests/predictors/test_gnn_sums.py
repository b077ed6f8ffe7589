"""Sparse sums against dense ones, with gradients."""

from __future__ import annotations

import torch

from archgraph.predictors.gnn_sums import MemberSums

ROWS, COLUMNS = torch.tensor([2, 0, 2, 2]), torch.tensor([1, 3, 0, 1])
WEIGHTS = torch.tensor([1.0, 2, 4, 8])


def test_sums_by_hand() -> None:
    sums = MemberSums(ROWS, COLUMNS, WEIGHTS, (3, 4), members=2)
    x = torch.arange(16.0).view(2, 4, 2)
    # row 0 is twice row 3 of the argument, row 1 is empty, row 2 is four times row 0 and nine times row 1
    assert sums(x).tolist() == [[[12, 14], [0, 0], [18, 31]], [[28, 30], [0, 0], [122, 135]]]


def test_gradients() -> None:
    sums = MemberSums(ROWS, COLUMNS, WEIGHTS, (3, 4), members=2)
    dense = torch.zeros(3, 4).index_put((ROWS, COLUMNS), WEIGHTS, accumulate=True)
    x = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(0), requires_grad=True)
    factor = torch.arange(30.0).view(2, 3, 5)
    (expected,) = torch.autograd.grad(((dense @ x) * factor).sum(), x)
    (found,) = torch.autograd.grad((sums(x) * factor).sum(), x)
    assert torch.allclose(found, expected)

"""Sums over neighbours and over graphs, as one sparse product for all members."""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class MemberSums:
    """Weighted sums of rows, the same for M members: ``(M, C, H)`` to ``(M, R, H)``.

    Args:
        rows: ``(L,)`` the row of the result that each term belongs to.
        columns: ``(L,)`` the row of the argument that it takes.
        weights: ``(L,)`` what it is multiplied by.
        shape: R and C.
        members: M.
    """

    def __init__(self, rows: Tensor, columns: Tensor, weights: Tensor, shape: tuple[int, int], members: int) -> None:
        self._terms = rows, columns, weights
        self._shape = shape
        self._members = members

    def __call__(self, x: Tensor) -> Tensor:
        """The sums of ``(M, C, H)`` rows; gradients flow to ``x``."""
        flat = x.reshape(-1, x.shape[-1])
        sums: Tensor = _Product.apply(flat, self) if x.requires_grad else self.matrix @ flat  # type: ignore[no-untyped-call]  # torch
        return sums.view(self._members, self._shape[0], x.shape[-1])

    @cached_property
    def matrix(self) -> Tensor:
        """``(M R, M C)`` in compressed rows."""
        rows, columns, weights = self._terms
        return _compressed(rows, columns, weights, self._shape, self._members)

    @cached_property
    def transposed(self) -> Tensor:
        """``(M C, M R)``, which carries gradients back; made when the first one comes."""
        rows, columns, weights = self._terms
        return _compressed(columns, rows, weights, self._shape[::-1], self._members)


class _Product(torch.autograd.Function):
    """A sparse product whose gradient is another one, of a matrix that all layers share."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, sums: MemberSums) -> Tensor:
        ctx.sums = sums
        return sums.matrix @ x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.sums.transposed @ gradient, None


def _compressed(rows: Tensor, columns: Tensor, weights: Tensor, shape: tuple[int, int], members: int) -> Tensor:
    """The matrix with these entries, as a block for each member on the diagonal of a large one."""
    order = torch.argsort(rows, stable=True)
    start = torch.searchsorted(rows[order], torch.arange(shape[0], device=rows.device))
    member = torch.arange(members, device=rows.device)[:, None]
    end = torch.full((1,), len(rows) * members, device=rows.device)
    return torch.sparse_csr_tensor(
        torch.cat([(start + len(rows) * member).flatten(), end]),
        (columns[order] + shape[1] * member).flatten(),
        weights[order].repeat(members),
        size=(shape[0] * members, shape[1] * members),
        check_invariants=False,
    )


def _first_matrix() -> None:
    """Make one: torch says, once in a process, that its sparse tensors are young, which users cannot act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zero = torch.zeros(1, dtype=torch.int64)
        MemberSums(zero, zero, torch.ones(1), (1, 1), 1)(torch.ones(1, 1, 1))


_first_matrix()

"""Maps and tables side by side."""

from __future__ import annotations

import torch

from archgraph.predictors.gnn_members import MemberEmbedding, MemberLinear, updated


def test_each_member_has_its_own_map() -> None:
    linear = MemberLinear(2, 3, 4, torch.Generator().manual_seed(0))
    x = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        linear.bias[1] = 7
    assert torch.allclose(linear(x)[0], x[0] @ linear.weight[0])
    assert torch.allclose(linear(x)[1], x[1] @ linear.weight[1] + 7)


def test_each_member_has_its_own_table() -> None:
    embedding = MemberEmbedding(2, 6, 4, 1.0, torch.Generator().manual_seed(0))
    found = embedding(torch.tensor([5, 0]))
    assert found.shape == (2, 2, 4)
    assert torch.equal(found[1], embedding.weight[[5, 0], 1])


def test_an_update_by_hand() -> None:
    h, heard = torch.tensor([[[10.0, 20, 30, 40]]]), torch.tensor([[[3.0, -1, 1, -5]]])
    # the mean square of what is heard is 9
    assert torch.allclose(updated(h, heard), torch.tensor([[[11, 20, 30 + 1 / 3, 40]]]), atol=1e-5)
    assert torch.equal(updated(h, torch.zeros(1, 1, 4)), h)
